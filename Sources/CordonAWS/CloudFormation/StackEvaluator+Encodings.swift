import CordonModel
import CordonPolicy

// Fn::Base64 and Fn::ToJsonString.
extension StackEvaluator {
  /// `Fn::Base64` stays what it is, around its readable argument: an encoded script tells a proof nothing.
  mutating func base64(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    let inner = value(argument, in: stack)
    guard inner.plainText != nil || inner.isTextual || inner.isJoined else {
      return refuse(.base64, "text; \(inner.kindName) stands there", at: site)
    }
    return CloudValue.base64(of: inner, at: site)
  }

  mutating func jsonString(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    let inner = value(argument, in: stack)
    guard inner.members != nil || inner.elements != nil else {
      if inner.isTextual { return open(.toJSONString, because: inner, at: site) }
      return refuse(.toJSONString, "an object or a list; \(inner.kindName) stands there", at: site)
    }
    var parts: [CloudValue] = []
    write(inner, into: &parts, at: site)
    return text(parts, of: .toJSONString, at: site)
  }

  private func write(_ value: CloudValue, into parts: inout [CloudValue], at site: Location) {
    func put(_ text: String) { parts.append(CloudValue(.string(text), at: site)) }
    switch value.content {
    case .null: put("null")
    case .bool(let bool): put(bool ? "true" : "false")
    case .number(let text): put(text)
    case .string(let text): put(JSONValue.string(text).written())
    case .list(let elements):
      put("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { put(",") }
        write(element, into: &parts, at: site)
      }
      put("]")
    case .object(let members):
      put("{")
      for (index, member) in members.enumerated() {
        put((index > 0 ? "," : "") + JSONValue.string(member.name).written() + ":")
        write(member.value, into: &parts, at: site)
      }
      put("}")
    case .joined(let pieces):
      put("\"")
      for piece in pieces {
        if let text = piece.plainText { put(Self.escaped(text)) } else { parts.append(piece) }
      }
      put("\"")
    case .reference, .unknown, .oneOf:
      put("\"")
      parts.append(value)
      put("\"")
    }
  }

  private static func escaped(_ text: String) -> String {
    String(JSONValue.string(text).written().dropFirst().dropLast())
  }
}
