import CordonModel
import CordonPolicy

@testable import CordonProof

/// A deployment written as JSON for tests: `{"Name": {"type": …, …properties}}`, with `{"Ref": NAME}`, `{"Arn": NAME}`,
/// `{"Open": PARAMETER}` for what is not known and `{"Join": […]}`.
struct Stack {
  var deployment: CloudDeployment

  init(_ json: String) throws {
    let value = try JSONValue(parsing: json)
    deployment = CloudDeployment(
      resources: (value.members ?? []).enumerated().map { index, member in
        let place = Location(file: "test.json", line: index + 1, column: 1)
        let properties = (member.value.members ?? []).filter { $0.name != "type" && $0.name != "condition" }
        return CloudResource(
          id: ResourceID(name: member.name), type: member.value["type"]?.text ?? "",
          properties: CloudValue(
            .object(
              properties.map { CloudValue.Member(name: $0.name, value: Self.value($0.value, at: place)) }),
            at: place),
          location: place, condition: member.value["condition"]?.text)
      })
  }

  var estate: CloudEstate { CloudEstate(deployment) }

  static func value(_ json: JSONValue, at place: Location) -> CloudValue {
    switch json.content {
    case .null: return CloudValue(CloudValue.Content.null, at: place)
    case .bool(let flag): return CloudValue(.bool(flag), at: place)
    case .number(let text): return CloudValue(.number(text), at: place)
    case .string(let text): return CloudValue(.string(text), at: place)
    case .array(let values): return CloudValue(.list(values.map { value($0, at: place) }), at: place)
    case .object(let members):
      if let name = json["Ref"]?.text {
        return CloudValue(.reference(CloudReference(ResourceID(name: name))), at: place)
      }
      if let name = json["Arn"]?.text {
        return CloudValue(.reference(CloudReference(ResourceID(name: name), attribute: "Arn")), at: place)
      }
      if let name = json["Open"]?.text {
        return CloudValue(.unknown(CloudUnknown(.parameter, name)), at: place)
      }
      if let parts = json["Join"]?.elements {
        return CloudValue(.joined(parts.map { value($0, at: place) }), at: place)
      }
      if let parts = json["Either"]?.elements {
        return CloudValue(.oneOf(parts.map { value($0, at: place) }, condition: "Choice"), at: place)
      }
      return CloudValue(
        .object(members.map { CloudValue.Member(name: $0.name, value: value($0.value, at: place)) }),
        at: place)
    }
  }
}

extension CloudDeployment {
  /// The report of one route, asked without an engine unless one is given.
  func report(
    _ route: String, assuming stated: [String: String] = [:],
    answer: @escaping @Sendable (Inquiry) -> Answer = { _ in .unknown([.undecided("no engine")]) }
  ) -> RouteReport? {
    CloudProof(answer: answer).prove(self, assumptions: stated).paths.flatMap(\.routes)
      .first { $0.route == route }
  }
}
