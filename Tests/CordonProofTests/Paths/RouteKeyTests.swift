import CordonModel
import CordonPolicy
import Synchronization
import Testing

@testable import CordonProof

/// A demand on a key that AWS never sends with a call is a way that nobody can walk, or hides the one that he can.
@Suite struct `A route's demands` {
  /// Notes what routes ask instead of answering it.
  private final class Listener: Sendable {
    private let heard = Mutex<[Inquiry]>([])
    let reply: Answer

    init(_ reply: Answer) { self.reply = reply }

    var inquiries: [Inquiry] { heard.withLock { $0 } }

    func answer(_ inquiry: Inquiry) -> Answer {
      heard.withLock { $0.append(inquiry) }
      return reply
    }
  }

  /// Keys that `inquiry` wants to be there and that AWS lists for other actions than one of those it asks for.
  private static func strayKeys(of inquiry: Inquiry) -> Set<String> {
    var stray: Set<String> = []
    for constraint in inquiry.constraints where constraint.mustBePresent {
      let key = constraint.key.name.lowercased()
      guard let prefix = key.split(separator: ":").first.map(String.init), key.contains(":"),
        let service = ActionCatalog.service(prefix)
      else { continue }
      let asked = Set(inquiry.actions.map { $0.lowercased() })
      for action in service.actions where asked.contains(action.folded) && service.keeps(key, from: action) {
        stray.insert("\(action.name) has no \(key)")
      }
    }
    return stray
  }

  @Test func `are on keys that AWS lists for every action that they are made of`() throws {
    var (stray, asked) = (Set<String>(), 0)
    let files = try [TemplateFile.closed()] + TemplateFile.all()
    for reply in [Answer.none(Certificate(cases: [])), .unknown([.undecided("not asked")])] {
      for file in files {
        let listener = Listener(reply)
        guard let deployment = try? file.deployment() else { continue }
        _ = CloudProof { listener.answer($0) }.prove(deployment)
        for inquiry in listener.inquiries { stray.formUnion(Self.strayKeys(of: inquiry)) }
        asked += listener.inquiries.count
      }
    }
    #expect(asked > 5000)
    #expect(stray.isEmpty, "\(stray.sorted())")
  }

  @Test func `leave no call of SageMaker out that names a network`() {
    // Those that start nothing: a profile's groups bind apps of a domain whose network is settled.
    let settled: Set = ["sagemaker:CreateUserProfile", "sagemaker:UpdateUserProfile"]
    let keys: Set = ["sagemaker:vpcsubnets", "sagemaker:vpcsecuritygroupids", "sagemaker:networkisolation"]
    let service = ActionCatalog.service("sagemaker")
    let places = Set((service?.keys ?? []).indices.filter { keys.contains(service?.keys[$0].name ?? "") })
    let listed = service?.actions.filter { !places.isDisjoint(with: $0.keys) } ?? []
    let listener = Listener(.none(Certificate(cases: [])))
    if let deployment = try? TemplateFile.closed().deployment() {
      _ = CloudProof { listener.answer($0) }.prove(deployment)
    }
    let asked = Set(
      listener.inquiries.filter { inquiry in
        inquiry.constraints.contains { keys.contains($0.key.name.lowercased()) }
      }.flatMap(\.actions))
    let missing = Set(listed.map(\.name)).subtracting(settled).subtracting(asked)
    #expect(listed.count > 15 && missing.isEmpty, "\(missing.sorted())")
  }

  @Test func `do not make an update of a notebook instance a way out`() throws {
    func verdict(_ action: String) throws -> RouteReport? {
      let template = `A power that a role may have`.template([action])
      return try `A power that a role may have`.verdict(StartedWorkspaceRoute(), template)
    }
    let update = try verdict("sagemaker:UpdateNotebookInstance")
    #expect(update?.verdict == .closed, "\(update?.steps ?? [])")
    let create = try verdict("sagemaker:CreateNotebookInstance")
    #expect(create?.verdict == .open, "\(create?.steps ?? [])")
  }
}
