import Synchronization

/// What AWS lists of one service: its actions, the resources they work on, and the keys a request may carry.
struct ServiceActions: Sendable {
  /// A resource type.
  struct ResourceType: Sendable {
    var name: String
    var shape: ResourceShape
    /// Condition keys that AWS lists for it, by place in `keys`.
    var keys: [Int] = []
  }

  /// An action.
  struct Action: Sendable {
    /// Its name with the service, as AWS spells it.
    var name: String
    /// The same in lower case, as action patterns compare.
    var folded: String
    /// The resource types it works on, by place in `types`.
    var types: [Int] = []
    /// Whether it works on a type that the service's list does not describe.
    var hasUnknownTypes = false
    /// Whether one of them is required.
    var needsResource = false
    /// Whether it may be asked for `*`: it works on no resource, or on one that may be left out. Where several are listed
    /// and none is required, one of them is.
    var takesStar: Bool { types.isEmpty || !needsResource && types.count == 1 }
    /// Condition keys that AWS lists for it, by place in `keys`.
    var keys: [Int] = []
    /// What its resources may be, for telling actions apart.
    var kinds: [Int] { types + [hasUnknownTypes ? -1 : -2, takesStar ? -3 : -4] }
  }

  /// The service's prefix, in lower case.
  var prefix: String
  var keys: [(name: String, kind: KeyKind)] = []
  var types: [ResourceType] = []
  var actions: [Action] = []
  /// Places of actions, those of one set of resource types together.
  var groups: [[Int]] = []

  /// Reads the lines of a section; a line that is not understood is left out.
  init(prefix: String, section: [UInt8]) {
    self.prefix = prefix
    var placeByType: [String: Int] = [:]
    for line in section.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard let kind = words.first, kind.count == 1, let letter = kind.first else { continue }
      switch (letter, words.count) {
      case (UInt8(ascii: "k"), 3):
        keys.append((Self.text(words[1]).lowercased(), KeyKind(letter: Self.text(words[2]))))
      case (UInt8(ascii: "t"), 4):
        let name = Self.text(words[1])
        placeByType[name] = types.count
        types.append(
          ResourceType(
            name: name, shape: ResourceShape(Self.text(words[2])), keys: places(words[3], separator: ",")))
      case (UInt8(ascii: "a"), 6): actions.append(action(words, placeByType))
      default: continue
      }
    }
    var groupByKinds: [[Int]: Int] = [:]
    for place in actions.indices {
      let group = groupByKinds[actions[place].kinds] ?? groups.count
      if group == groups.count {
        groupByKinds[actions[place].kinds] = group
        groups.append([])
      }
      groups[group].append(place)
    }
  }

  private func action(_ words: [ArraySlice<UInt8>], _ placeByType: [String: Int]) -> Action {
    let name = prefix + ":" + Self.text(words[1])
    var action = Action(name: name, folded: name.lowercased())
    action.keys = places(words[4], separator: ",")
    guard !words[3].elementsEqual("-".utf8) else { return action }
    for type in words[3].split(separator: UInt8(ascii: ",")) {
      let parts = type.split(separator: UInt8(ascii: ":"), maxSplits: 1)
      guard let named = parts.first else { continue }
      let isNeeded = named.last == UInt8(ascii: "!")
      if isNeeded { action.needsResource = true }
      if let place = placeByType[Self.text(isNeeded ? named.dropLast() : named)] {
        action.types.append(place)
      } else {
        action.hasUnknownTypes = true
      }
      if parts.count == 2 { action.keys += places(parts[1], separator: "+") }
    }
    return action
  }

  private static func text(_ word: ArraySlice<UInt8>) -> String { String(decoding: word, as: UTF8.self) }

  /// Places of keys; what is none is left out.
  private func places(_ word: ArraySlice<UInt8>, separator: Unicode.Scalar) -> [Int] {
    word.split(separator: UInt8(ascii: separator)).compactMap { number in
      Int(Self.text(number)).flatMap { keys.indices.contains($0) ? $0 : nil }
    }
  }
}

/// AWS's list of actions, read service by service when one is asked for.
///
/// A lower bound: an action that is not listed exists as well.
public enum ActionCatalog {
  private static let known = Mutex<[String: ServiceActions?]>([:])

  /// The prefixes of all listed services, in order.
  public static let services = ActionList.services

  /// What is listed of the service with this prefix, in lower case.
  static func service(_ prefix: String) -> ServiceActions? {
    known.withLock { known in
      if let found = known[prefix] { return found }
      let found = ActionList.section(of: prefix).map { ServiceActions(prefix: prefix, section: $0) }
      known[prefix] = .some(found)
      return found
    }
  }

  /// The actions listed for a service, as AWS spells them; none where it is not listed.
  public static func actions(of prefix: String) -> [String] {
    service(prefix.lowercased())?.actions.map(\.name) ?? []
  }

  /// The ARN shapes of the resources that `action` works on, e.g. `arn:${Partition}:s3:::${BucketName}`; empty where it
  /// works on none, or is not listed.
  public static func resourceShapes(of action: String) -> [String] {
    guard let colon = action.firstIndex(of: ":"), let service = service(action[..<colon].lowercased()),
      let found = service.actions.first(where: { $0.name.lowercased() == action.lowercased() })
    else { return [] }
    return found.types.map { service.types[$0].shape.text }
  }
}
