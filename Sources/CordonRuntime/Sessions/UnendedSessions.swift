import CordonGateway
import CordonModel
import CordonPortal
import Foundation
import Logging

/// The browsers whose end the ledger does not tell yet, a small file each.
///
/// A gateway that is killed takes its browsers with it and writes nothing. The next one finds their files, and the ledger says
/// that these sessions are over and how.
struct UnendedSessions: Sendable {
  /// What is needed to tell of an end.
  struct Mark: Codable, Sendable, Equatable {
    var session: String
    var person: String
    var project: String
    var workspace: String

    init(_ plan: SessionPlan) {
      session = plan.id.text
      person = plan.person.text
      project = plan.project.text
      workspace = plan.workspace.text
    }
  }

  /// Where the files lie, named by the sessions' numbers.
  let folder: String

  /// Notes a browser that is about to start.
  func add(_ plan: SessionPlan) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try JSONEncoder().encode(Mark(plan)).write(to: file(plan.id), options: .atomic)
  }

  /// The ledger has the end.
  func remove(_ session: SessionID) { try? FileManager.default.removeItem(at: file(session)) }

  private func file(_ session: SessionID) -> URL { URL(filePath: folder).appending(path: session.text) }

  /// Those that a gateway before this one left; what is no such file is none.
  var marks: [Mark] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { name in
      guard let id = SessionID(name), let data = try? Data(contentsOf: file(id)), data.count < 4_096,
        let mark = try? JSONDecoder().decode(Mark.self, from: data), mark.session == name
      else { return nil }
      return mark
    }
  }

  /// Records the ends of all that are left from before. What cannot be recorded now is left for the next start.
  func recordEnds(in log: any DecisionLog, of gatekeeper: Gatekeeper, logger: Logger) async {
    for mark in marks {
      guard let id = SessionID(mark.session), let person = try? Slug(mark.person),
        let project = try? Slug(mark.project), let workspace = try? Slug(mark.workspace)
      else { continue }
      var record = PortalRecord.record(
        "BrowserEnded", person: person, project: project, workspace: workspace, session: id, in: gatekeeper)
      record.outcome = .allowed
      record.control = "portal policy"
      record.reason = Self.reason
      do { try await log.append(record) } catch {
        logger.error("the end of a session was not recorded", metadata: ["error": "\(error)"])
        continue
      }
      remove(id)
    }
  }

  /// What the ledger says of them.
  static let reason = "the gateway before this one ended without a word, and the session's browser with it"
}
