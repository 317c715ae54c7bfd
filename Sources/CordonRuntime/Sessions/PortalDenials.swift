import CordonLedger
import CordonModel
import CordonPortal
import Foundation

/// What was refused to one person, read from the ledger for that person's page.
struct PortalDenials: DenialSource {
  /// The ledger's folder.
  var ledger: String
  /// The route of what a browser asks for by itself.
  private static let background = "browser-background"
  /// Records of the person's that one stretch is made of at most, and everybody's that are looked through for them.
  var depth = 5_000
  var span: Int64 = 100_000

  func denials(of person: Slug, before end: DenialPlace?, limit: Int) async throws -> DenialStretch {
    let reader = LedgerReader(folder: ledger)
    guard let end = try end?.number ?? Self.end(of: reader) else { return DenialStretch([]) }
    let start = max(0, max(0, end) - 1 - span)
    var filter = LedgerFilter()
    filter.outcome = .denied
    filter.order = .newestFirst
    filter.person = person.text
    // What Chromium asks for by itself is refused hundreds of times and is nobody's doing; the ledger has it.
    filter.exceptRoute = Self.background
    (filter.after, filter.before) = (start, end)
    var found: [PortalDenial] = []
    var places: [[String]: Int] = [:]
    var count = 0
    var next = start > 0 ? start + 1 : nil
    try reader.query(filter) { entry in
      count += 1
      guard count <= depth else {
        next = entry.position.sequence + 1
        return false
      }
      let denial = Self.denial(try entry.members(), at: entry.time)
      let kind = [denial.what, denial.why, denial.project?.text ?? ""]
      if let place = places[kind] {
        found[place].times += denial.times
      } else if found.count < limit {
        places[kind] = found.count
        found.append(denial)
      } else {
        next = entry.position.sequence + 1
        return false
      }
      return true
    }
    return DenialStretch(found, older: next.map { DenialPlace($0) })
  }

  /// The place after the newest record; nil where there is none.
  private static func end(of reader: LedgerReader) throws -> Int64? {
    var newest = LedgerFilter()
    newest.order = .newestFirst
    newest.limit = 1
    return try reader.entries(newest).first.map { $0.position.sequence + 1 }
  }

  private static func denial(_ record: LedgerEntry.Members, at time: Date) -> PortalDenial {
    let own = record.additionalEventData
    let resource = record.resources?.first.map { String($0.arn.split(separator: ":").last ?? "") }
    let repeats = own.details?["repeats"].flatMap { Int($0) } ?? 1
    let words = words(of: record)
    return PortalDenial(
      at: Int64(time.timeIntervalSince1970), times: max(1, min(repeats, 1_000_000)),
      project: own.project.flatMap { try? Slug($0) },
      what: words?.what ?? resource.map { "\(record.eventName): \($0)" } ?? record.eventName,
      why: words?.why ?? own.reason,
      advice: words?.advice ?? "control: \(own.control); tell the platform team the number if you need it",
      requestID: record.requestID)
  }

  /// What a session's own refusals are called; nil where the record speaks for itself.
  private static func words(of record: LedgerEntry.Members) -> (what: String, why: String, advice: String)? {
    let details = record.additionalEventData.details ?? [:]
    func named(_ what: String, _ key: String) -> String {
      guard let name = details[key], !name.isEmpty else { return what }
      return "\(what) of \(name)"
    }
    switch PortalEvent.Kind(rawValue: record.eventName) {
    case .downloadRefused:
      return (
        named("Download", "name"), why(details, "no file leaves by the browser"), advice(details, .download)
      )
    case .uploadRefused:
      return (
        named("Upload", "name"), why(details, "no file comes in by the browser"), advice(details, .upload)
      )
    case .printRefused:
      return (
        named("Printing", "name"), why(details, "no page leaves by the browser"), advice(details, .print)
      )
    case .copyRefused:
      return ("Copying out", why(details, "text stays inside"), advice(details, .copyOut))
    case .pasteRefused:
      return ("Pasting in", why(details, "text from outside stays outside"), advice(details, .pasteIn))
    case .popupRefused:
      return (
        named("New window", "host"), "a page opened many at once, or there are as many tabs as there may be",
        "close a tab and try again"
      )
    default: return nil
    }
  }

  /// Where a way is open and its measure was full, that is why, and not the way.
  private static func why(_ details: [String: String], _ why: String) -> String {
    switch details["why"] {
    case "budget": "the session's measure of text is used up (browser.clipboard.budget)"
    case "size": "it is larger than one file may be (browser.largestFile)"
    case "many": "too many files at once"
    case "length": "the text is longer than what crosses in one piece"
    default: why
    }
  }

  /// What the person can do about it: about a full measure, or about a way that is shut.
  private static func advice(_ details: [String: String], _ action: PortalAction) -> String {
    switch details["why"] {
    case "budget": "ask the platform team for a larger one, or for a reviewed way"
    case "length": "take it in parts"
    case "size": "make it smaller, or ask for a reviewed way"
    case "many": "try again in a moment"
    default: PortalOffice.whatToDo(action)
    }
  }
}
