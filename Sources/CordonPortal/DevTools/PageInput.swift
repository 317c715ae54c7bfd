import CordonPolicy

/// What a person does with the mouse.
public struct MouseInput: Sendable, Equatable {
  /// Press, release or move.
  public enum Kind: String, Sendable, CaseIterable {
    case pressed = "mousePressed"
    case released = "mouseReleased"
    case moved = "mouseMoved"
  }

  /// Which button.
  public enum Button: String, Sendable, CaseIterable {
    case none, left, middle, right
  }

  /// What happens.
  public var kind: Kind
  /// CSS pixels from the left.
  public var x: Double
  /// CSS pixels from the top.
  public var y: Double
  /// The button of a press or release.
  public var button: Button
  /// Buttons held down, as a bit field (left 1, right 2, middle 4).
  public var buttons: Int
  /// 1 for a click, 2 for a double click, 3 for a triple one.
  public var clicks: Int
  /// Alt 1, Ctrl 2, Meta 4, Shift 8.
  public var modifiers: Int

  var parameters: [(String, JSONValue)] {
    [
      ("type", .string(kind.rawValue)), ("x", .number(x)), ("y", .number(y)),
      ("button", .string(button.rawValue)),
      ("buttons", .number(buttons)), ("clickCount", .number(clicks)), ("modifiers", .number(modifiers)),
    ]
  }
}

/// What a person does with the keyboard. `commands` of the protocol has no place here: it would let a client name editor
/// commands instead of pressing keys.
public struct KeyInput: Sendable, Equatable {
  /// Press or release.
  public enum Kind: String, Sendable, CaseIterable {
    case down = "keyDown"
    case rawDown = "rawKeyDown"
    case up = "keyUp"
  }

  /// What happens.
  public var kind: Kind
  /// `KeyboardEvent.key`.
  public var key: String
  /// `KeyboardEvent.code`.
  public var code: String
  /// The key's Windows virtual code.
  public var virtualCode: Int
  /// What the key types; empty where it types nothing.
  public var text: String
  /// Alt 1, Ctrl 2, Meta 4, Shift 8.
  public var modifiers: Int
  /// Whether the key is held and repeats.
  public var repeats: Bool
  /// On which side the key is: 0 standard, 1 left, 2 right, 3 number block.
  public var place: Int

  var parameters: [(String, JSONValue)] {
    var all: [(String, JSONValue)] = [
      ("type", .string(kind.rawValue)), ("key", .string(key)), ("code", .string(code)),
      ("windowsVirtualKeyCode", .number(virtualCode)), ("modifiers", .number(modifiers)),
      ("autoRepeat", JSONValue(.bool(repeats))), ("location", .number(place == 3 ? 0 : place)),
      ("isKeypad", JSONValue(.bool(place == 3))),
    ]
    if !text.isEmpty { all += [("text", .string(text)), ("unmodifiedText", .string(text))] }
    return all
  }
}

/// What a person does on a touch screen.
public struct TouchInput: Sendable, Equatable {
  /// Start, move, end or cancel.
  public enum Kind: String, Sendable, CaseIterable {
    case start = "touchStart"
    case move = "touchMove"
    case end = "touchEnd"
    case cancel = "touchCancel"
  }

  /// One finger.
  public struct Point: Sendable, Equatable {
    /// Which finger.
    public var id: Int
    /// CSS pixels from the left.
    public var x: Double
    /// CSS pixels from the top.
    public var y: Double
  }

  /// What happens.
  public var kind: Kind
  /// The fingers that touch; at most ten.
  public var points: [Point]
  /// Alt 1, Ctrl 2, Meta 4, Shift 8.
  public var modifiers: Int

  var parameters: [(String, JSONValue)] {
    let fingers = points.prefix(10).map { point -> JSONValue in
      .object([("x", .number(point.x)), ("y", .number(point.y)), ("id", .number(point.id))])
    }
    return [
      ("type", .string(kind.rawValue)), ("touchPoints", .array(fingers)), ("modifiers", .number(modifiers)),
    ]
  }
}

extension JSONValue {
  /// A number with a fraction; what is not finite becomes 0, as JSON has no word for it.
  static func number(_ value: Double) -> JSONValue {
    guard value.isFinite, abs(value) < 1e9 else { return .number(0) }
    return value == value.rounded()
      ? .number(Int(value)) : JSONValue(.number("\((value * 1_000).rounded() / 1_000)"))
  }
}
