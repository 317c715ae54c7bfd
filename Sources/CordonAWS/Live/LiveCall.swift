import CordonPolicy
import CordonWire

/// One call as it is made: the service, the action, and what it is given.
struct LiveCall: Sendable {
  let service: LiveService
  let action: String
  /// The method and the target of a REST call, `GET /buckets/{Bucket}?policy`; empty for the other protocols.
  let target: String
  var input: [(String, JSONValue)]

  init(_ service: LiveService, _ action: String, target: String = "", _ input: [(String, JSONValue)] = []) {
    self.service = service
    self.action = action
    self.target = target
    self.input = input
  }

  /// The request, not signed yet.
  func request() -> (method: String, target: String, headers: [HeaderField], body: [UInt8]) {
    switch service.dialect {
    case .query(let version):
      let fields = [("Action", action), ("Version", version)] + input.map { ($0.0, $0.1.plain ?? "") }
      let body = fields.map { "\(PercentCoding.encode($0.0))=\(PercentCoding.encode($0.1))" }
      return (
        "POST", "/", [HeaderField("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
        Array(body.joined(separator: "&").utf8)
      )
    case .json(let version, let target):
      let headers = [
        HeaderField("content-type", "application/x-amz-json-\(version)"),
        HeaderField("x-amz-target", "\(target).\(action)"),
      ]
      return ("POST", "/", headers, Array(JSONValue.object(input).written().utf8))
    case .restJSON, .restXML: return rest()
    }
  }

  /// What the target names is put there; the rest goes behind it, or into the body of a POST; a PUT carries its `Body`.
  private func rest() -> (String, String, [HeaderField], [UInt8]) {
    let halves = target.split(separator: " ", maxSplits: 1).map(String.init)
    let method = halves.first ?? "GET"
    var path = halves.count > 1 ? halves[1] : "/"
    var rest: [(String, JSONValue)] = []
    for (name, value) in input {
      if path.contains("{\(name)}") {
        path = path.replacing("{\(name)}", with: PercentCoding.encode(value.plain ?? ""))
      } else if path.contains("{\(name)+}") {
        path = path.replacing("{\(name)+}", with: PercentCoding.encode(value.plain ?? "", keepingSlash: true))
      } else {
        rest.append((name, value))
      }
    }
    if method == "PUT" {
      let text = rest.first { $0.0 == "Body" }?.1.plain ?? ""
      return (method, path, [HeaderField("content-type", "text/yaml; charset=utf-8")], Array(text.utf8))
    }
    guard method != "POST" else {
      return (
        method, path, [HeaderField("content-type", "application/json")],
        Array(JSONValue.object(rest).written().utf8)
      )
    }
    let query = rest.map { "\(PercentCoding.encode($0.0))=\(PercentCoding.encode($0.1.plain ?? ""))" }
    if !query.isEmpty { path += (path.contains("?") ? "&" : "?") + query.joined(separator: "&") }
    return (method, path, [], [])
  }
}

extension JSONValue {
  /// The text of a string, a number or a truth value.
  var plain: String? {
    switch content {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    default: nil
    }
  }

  /// The value at the end of a dotted path.
  func at(_ path: String) -> JSONValue? {
    if path.isEmpty { return self }
    var value: JSONValue? = self
    for name in path.split(separator: ".") { value = value?[String(name)] }
    if case .null? = value?.content { return nil }
    return value
  }

  /// The elements at the end of a path. XML does not tell a list of one from a value, so that one counts as its list.
  func list(_ path: String) -> [JSONValue] {
    guard let value = at(path) else { return [] }
    return value.elements ?? [value]
  }

  /// The value without a member.
  func without(_ name: String) -> JSONValue {
    .object(
      (members ?? []).filter { $0.name != name && !$0.name.hasPrefix("Cordon::") }.map { ($0.name, $0.value) }
    )
  }

  /// The statements of the policy that the text at a path holds; none without one, nil for one that is not JSON.
  func statements(_ path: String) -> [JSONValue]? {
    guard let text = at(path)?.plain, !text.isEmpty else { return [] }
    let limits = JSONLimits(bytes: 1 << 20, depth: 40)
    return (try? JSONValue(parsing: Array(text.utf8), limits: limits))?.list("Statement")
  }

  /// The value with members put behind its own.
  func with(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(
      (self.members ?? []).map { ($0.name, $0.value) }.filter { old in
        !members.contains { $0.0 == old.0 }
      } + members)
  }
}
