import CordonLedger
import CordonModel
import CordonPortal
import Foundation

/// What was refused to one person, read from the ledger for that person's page.
struct PortalDenials: DenialSource {
  /// The ledger's folder.
  var ledger: String
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
      guard record.additionalEventData.person == person.text else { return true }
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
    return PortalDenial(
      at: Int64(time.timeIntervalSince1970), times: max(1, min(repeats, 1_000_000)),
      project: own.project.flatMap { try? Slug($0) },
      what: resource.map { "\(record.eventName): \($0)" } ?? record.eventName, why: own.reason,
      advice: "control: \(own.control); tell the platform team the number if you need it",
      requestID: record.requestID)
  }
}
