/// Decides from the outside what an attempt achieved. What the command itself reports is not asked.
struct Judge {
  /// Everything that was seen of one run.
  struct Seen {
    var command: RunResult
    var receiver: RunResult?
    /// What arrived outside while the command ran.
    var outside: [Arrival] = []
    /// Calls at the sink, where nobody of the environment has any business.
    var contacts: [String] = []
    var foreignStores: [Arrival] = []
    var ownStore: [Arrival] = []
  }

  /// What came of one run.
  enum Outcome: Equatable {
    /// The secret, or at least a call, got to where it must not.
    case arrived(String)
    case nothing
    /// The machine has no such facility, so there is nothing to attack.
    case absent(String)
    /// The command did not run.
    case notRun(String)
  }

  static func outcome(of attempt: Attempt, secret: Canary, seen: Seen, countsContacts: Bool) -> Outcome {
    let search = CanarySearch(secret, zones: [DrillAddress.userZone, DrillAddress.zone])
    for (evidence, arrivals) in places(seen) where attempt.evidence.contains(evidence) {
      if let found = search.find(in: arrivals) { return .arrived("\(found.form) at \(found.place)") }
    }
    if countsContacts, let contact = seen.contacts.first {
      return .arrived("\(seen.contacts.count) calls at the sink, the first at \(contact)")
    }
    for run in [seen.command, seen.receiver].compactMap({ $0 }) {
      if let reason = absence(run) { return .absent(reason) }
      guard hasRun(run) else { return .notRun(run.lastLine) }
    }
    return .nothing
  }

  private static func places(_ seen: Seen) -> [(Attempt.Evidence, [Arrival])] {
    [
      (.outside, seen.outside),
      (.output, output(seen.command, "the command's output")),
      (.receiver, seen.receiver.map { output($0, "the other workspace's output") } ?? []),
      (.foreignStore, seen.foreignStores), (.ownStore, seen.ownStore),
    ]
  }

  private static func output(_ run: RunResult, _ place: String) -> [Arrival] {
    [Arrival(place: place, bytes: run.output), Arrival(place: place, bytes: run.errors)]
  }

  private static func hasRun(_ run: RunResult) -> Bool {
    run.output.contains(subsequence: Array(Script.ranMarker.utf8))
  }

  private static func absence(_ run: RunResult) -> String? {
    run.text.split(separator: "\n").first { $0.hasPrefix(Script.absentMarker) }
      .map { String($0.dropFirst(Script.absentMarker.count)) }
  }
}
