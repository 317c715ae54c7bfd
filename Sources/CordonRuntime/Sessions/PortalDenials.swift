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
  /// Records that are looked at; somebody whose last refusal lies further back finds none.
  var depth = 5_000

  func denials(of person: Slug, limit: Int) async throws -> [PortalDenial] {
    var filter = LedgerFilter()
    filter.outcome = .denied
    filter.order = .newestFirst
    filter.limit = depth
    var found: [PortalDenial] = []
    var places: [[String]: Int] = [:]
    try LedgerReader(folder: ledger).query(filter) { entry in
      let record = try entry.members()
      // What Chromium asks for by itself is refused hundreds of times and is nobody's doing; the ledger has it.
      guard record.additionalEventData.person == person.text,
        record.additionalEventData.route != Self.background
      else { return true }
      let denial = Self.denial(record, at: entry.time)
      let kind = [denial.what, denial.why, denial.project?.text ?? ""]
      if let place = places[kind] {
        found[place].times += denial.times
      } else if found.count < limit {
        places[kind] = found.count
        found.append(denial)
      }
      return true
    }
    return found
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
