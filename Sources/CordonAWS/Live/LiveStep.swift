import CordonModel
import CordonPolicy
import CordonWire

/// One list or description to read: the call, and what becomes of what it says.
struct LiveStep: Sendable {
  /// What a call is given: text, or `$path` for something that the element above says.
  enum Input: Sendable, ExpressibleByStringLiteral {
    case text(String)
    case field(String)
    case texts([String])
    /// A list of one field.
    case fields(String)
    case number(Int)
    /// The ARN of what a field names: service, what stands before the name, the field.
    case arn(String, String, String)
    case flag(Bool)
    /// An object of some of the element's own members.
    case members([String])
    case account
    case region

    init(stringLiteral text: String) {
      self = text.hasPrefix("$") ? .field(String(text.dropFirst())) : .text(text)
    }
  }

  let service: LiveService
  let action: String
  /// The method and target of a REST call.
  var target = ""
  var input: [(String, Input)] = []
  /// Where the list is in the answer; empty where the answer is the one element.
  var list = ""
  var paging: LivePaging?
  /// What a policy must allow, where it is not called like the call.
  var permission: String?
  /// Codes that mean that there is nothing.
  var absent: Set<String> = []
  /// Types of which resources may exist unseen if the call fails.
  var hides: [String] = []
  /// Whether everything that it shows can only take access away: not knowing it opens nothing.
  var onlyTakesAway = false
  /// Whether one region shows what all have.
  var isGlobal = false
  /// Elements that are not read.
  var isLeftOut: @Sendable (JSONValue) -> Bool = { _ in false }
  /// What is asked about each element, put into it under a name.
  var details: [LiveDetail] = []
  /// What elements become.
  var shapes: [LiveShape] = []
  /// What is listed for each element.
  var children: [LiveStep] = []

  /// The types of which resources may exist unseen if the call fails: what is listed for each element is not asked for then.
  var hidesInAll: [String] {
    var seen: Set<String> = []
    return (hides + children.flatMap(\.hidesInAll)).filter { seen.insert($0).inserted }
  }

  /// The name of what is called in policies.
  var permitted: String { permission ?? "\(service.prefix):\(action)" }

  private static func partition(of region: String) -> String {
    region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
  }

  /// The call for an element.
  func call(for element: JSONValue, account: String, region: String) -> LiveCall {
    LiveCall(
      service, action, target: target,
      input.compactMap { name, input in
        let value: JSONValue? =
          switch input {
          case .text(let text): .string(text)
          case .field(let path): element.at(path)
          case .texts(let texts): .array(texts.map { .string($0) })
          case .fields(let path): element.at(path).map { .array([$0]) }
          case .arn(let service, let before, let path):
            element.at(path)?.plain.map {
              .string("arn:\(Self.partition(of: region)):\(service):\(region):\(account):\(before)\($0)")
            }
          case .number(let number): .number(number)
          case .flag(let flag): JSONValue(.bool(flag))
          case .members(let names):
            .object(names.compactMap { name in element.at(name).map { (name, $0) } })
          case .account: .string(account)
          case .region: .string(region)
          }
        return value.map { (name, $0) }
      })
  }
}

/// A further call for each element of a list.
struct LiveDetail: Sendable {
  /// The member that the answer is put under.
  let name: String
  let step: LiveStep

  init(_ name: String, _ step: LiveStep) {
    self.name = name
    self.step = step
  }
}

/// What a type of resource is called and how its properties follow from an element.
struct LiveShape: Sendable {
  let type: String
  /// What `Ref` gives: a path in the element, or several with a space between them.
  var id: String
  /// The ARN: a path in the element.
  var arn: String?
  /// A list in the element of which each entry is one resource; the element is the entry's `parent` then.
  var each: String?
  /// Which elements become one.
  var condition: @Sendable (JSONValue) -> Bool = { _ in true }
  /// That it is there is all that is known of it: its settings are not read.
  var isUnread = false
  var rules: [LiveRule] = []

  init(
    _ type: String, id: String, arn: String? = nil, each: String? = nil, isUnread: Bool = false,
    where condition: @escaping @Sendable (JSONValue) -> Bool = { _ in true }, _ rules: LiveRule...
  ) {
    self.type = type
    self.id = id
    self.arn = arn
    self.each = each
    self.condition = condition
    self.isUnread = isUnread
    self.rules = rules
  }
}

/// How one property, or several, follow from an element.
struct LiveRule: Sendable {
  /// The properties that it may give; empty for whatever the element has.
  let properties: [String]
  let make: @Sendable (JSONValue) -> [(String, CloudValue)]

  /// Members as they are, under the same names with a capital.
  static func take(_ names: String...) -> LiveRule {
    LiveRule(properties: names.map(LiveValue.capital)) { element in
      names.compactMap { name in
        element.at(name).map { (LiveValue.capital(name), LiveValue.value($0, capitals: true)) }
      }
    }
  }

  /// Every member as it is, but for those named.
  static func all(except names: String...) -> LiveRule {
    LiveRule(properties: []) { element in
      (element.members ?? []).compactMap { member in
        if names.contains(member.name) || member.name == "parent" || member.name.hasPrefix("Cordon::") {
          return nil
        }
        if case .null = member.value.content { return nil }
        return (LiveValue.capital(member.name), LiveValue.value(member.value, capitals: true))
      }
    }
  }

  /// The value at a path, under another name. Where a call on the way was not answered it is not known, and not left out.
  static func copy(_ path: String, _ property: String) -> LiveRule {
    LiveRule(properties: [property]) { element in
      element.read(path).map { [(property, LiveValue.value($0, capitals: true))] } ?? []
    }
  }

  /// What entries of a list hold at a path; an empty list where there are none.
  static func texts(_ list: String, _ path: String, _ property: String) -> LiveRule {
    LiveRule(properties: [property]) { element in
      if let unknown = element.at(list).flatMap(LiveValue.unknown) { return [(property, unknown)] }
      return [(property, .list(element.list(list).compactMap { $0.at(path) }.map { LiveValue.value($0) }))]
    }
  }

  /// A policy, as text or as the document itself.
  static func document(_ path: String, _ property: String) -> LiveRule {
    LiveRule(properties: [property]) { element in
      element.read(path).map { [(property, LiveValue.document($0))] } ?? []
    }
  }

  /// A value that is always the same.
  static func constant(_ property: String, _ value: CloudValue) -> LiveRule {
    LiveRule(properties: [property]) { _ in [(property, value)] }
  }

  /// Whatever the closure makes of the element.
  static func value(
    _ property: String, _ make: @escaping @Sendable (JSONValue) -> CloudValue?
  ) -> LiveRule {
    LiveRule(properties: [property]) { element in make(element).map { [(property, $0)] } ?? [] }
  }
}

extension JSONValue {
  /// The value at the end of a dotted path, or the mark of a call on the way that was not answered.
  func read(_ path: String) -> JSONValue? {
    var value = self
    for name in path.split(separator: ".") {
      if LiveValue.unknown(value) != nil { return value }
      guard let next = value[String(name)] else { return nil }
      value = next
    }
    if case .null = value.content { return nil }
    return value
  }
}

/// Values of answers in the words of properties.
enum LiveValue {
  /// Under this name stands, in an element, why a part of it was not read.
  static let mark = "Cordon::Unread"

  static func capital(_ name: String) -> String {
    name.split(separator: ".").last.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? name
  }

  /// Why `value` was not read, as the value of a property.
  static func unknown(_ value: JSONValue) -> CloudValue? {
    guard let members = value.members, members.count == 1, members[0].name == mark else { return nil }
    return CloudValue(.unknown(CloudUnknown(.unread, members[0].value.plain ?? "a call")))
  }

  static func value(_ value: JSONValue, capitals: Bool = false) -> CloudValue {
    if let unknown = unknown(value) { return unknown }
    switch value.content {
    case .null: return CloudValue(.null)
    case .bool(let flag): return CloudValue(.bool(flag))
    case .number(let text): return CloudValue(.number(text))
    case .string(let text): return CloudValue(.string(text))
    case .array(let elements): return .list(elements.map { self.value($0, capitals: capitals) })
    case .object(let members):
      return CloudValue(
        .object(
          members.map { member in
            .init(
              name: capitals ? capital(member.name) : member.name,
              value: self.value(member.value, capitals: capitals))
          }))
    }
  }

  /// The document that a text holds. IAM writes it percent-encoded (RFC 3986).
  static func document(_ value: JSONValue) -> CloudValue {
    if let unknown = unknown(value) { return unknown }
    guard let text = value.plain else { return self.value(value) }
    let limits = JSONLimits(bytes: 1 << 20, depth: 40)
    let plain = text.utf8.first == UInt8(ascii: "%") ? PercentCoding.decode(text) ?? text : text
    guard let document = try? JSONValue(parsing: Array(plain.utf8), limits: limits) else {
      return CloudValue(.unknown(CloudUnknown(.unread, "a policy is not JSON")))
    }
    return self.value(document)
  }
}
