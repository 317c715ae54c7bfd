import CordonWire

/// A person's key as Chromium takes it.
enum KeyTranslation {
  /// The key's input; what it types is one character at most.
  static func input(_ key: ClientMessage.Key) -> KeyInput {
    let text = key.isDown ? typed(by: key) : ""
    var modifiers = key.modifiers
    // AltGr comes as Ctrl with Alt; a page must see the character that it types and no shortcut.
    if !text.isEmpty, text != "\r" { modifiers.subtract([.control, .alt]) }
    return KeyInput(
      kind: key.isDown ? (text.isEmpty ? .rawDown : .down) : .up, key: key.key, code: key.code,
      virtualCode: virtualCode(key), text: text, modifiers: Int(modifiers.rawValue), repeats: key.repeats,
      place: Int(key.place.rawValue))
  }

  /// What a key types: nothing where it is a shortcut or has a name.
  static func typed(by key: ClientMessage.Key) -> String {
    if key.key == "Enter" { return "\r" }
    guard key.key.count == 1, let scalar = key.key.unicodeScalars.first, scalar.value >= 0x20,
      scalar.value != 0x7F, !key.modifiers.contains(.meta)
    else { return "" }
    let held = key.modifiers.intersection([.control, .alt])
    if held.isEmpty { return key.key }
    // Ctrl alone is a shortcut; with Alt, or Alt alone, it is one only with a plain letter or digit.
    if held == [.control] { return "" }
    let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    return isPlain || key.key == " " ? "" : key.key
  }

  /// The Windows virtual code: letters and digits by what they type, so that shortcuts follow the person's own layout.
  private static func virtualCode(_ key: ClientMessage.Key) -> Int {
    if key.place != .numberBlock, key.key.utf8.count == 1, let byte = key.key.uppercased().utf8.first,
      (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
    {
      return Int(byte)
    }
    if let code = codes[key.code] ?? codes[key.key] { return code }
    return lettered(key.code) ?? 0
  }

  private static func lettered(_ code: String) -> Int? {
    let name = Array(code.utf8)
    if name.count == 4, code.hasPrefix("Key"), (0x41...0x5A).contains(name[3]) { return Int(name[3]) }
    if name.count == 6, code.hasPrefix("Digit"), (0x30...0x39).contains(name[5]) { return Int(name[5]) }
    if name.count == 7, code.hasPrefix("Numpad"), (0x30...0x39).contains(name[6]) {
      return 96 + Int(name[6]) - 0x30
    }
    if code.hasPrefix("F"), let number = Int(code.dropFirst()), (1...24).contains(number) {
      return 111 + number
    }
    return nil
  }

  private static let codes: [String: Int] = [
    "Backspace": 8, "Tab": 9, "Enter": 13, "NumpadEnter": 13, "Shift": 16, "ShiftLeft": 16, "ShiftRight": 16,
    "Control": 17, "ControlLeft": 17, "ControlRight": 17, "Alt": 18, "AltLeft": 18, "AltRight": 18,
    "Pause": 19, "CapsLock": 20, "Escape": 27, "Space": 32, "PageUp": 33, "PageDown": 34, "End": 35,
    "Home": 36,
    "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "PrintScreen": 44, "Insert": 45,
    "Delete": 46, "MetaLeft": 91, "MetaRight": 92, "ContextMenu": 93, "NumpadMultiply": 106, "NumpadAdd": 107,
    "NumpadSubtract": 109, "NumpadDecimal": 110, "NumpadDivide": 111, "NumLock": 144, "ScrollLock": 145,
    "Semicolon": 186, "Equal": 187, "Comma": 188, "Minus": 189, "Period": 190, "Slash": 191, "Backquote": 192,
    "BracketLeft": 219, "Backslash": 220, "BracketRight": 221, "Quote": 222, "IntlBackslash": 226,
  ]
}

extension ServerMessage.Cursor {
  /// The cursor of a CSS name; the arrow for every name that is none.
  init(css name: String) { self = Self.named[name] ?? .default }

  private static let named: [String: ServerMessage.Cursor] = [
    "none": .none, "context-menu": .contextMenu, "help": .help, "pointer": .pointer, "progress": .progress,
    "wait": .wait, "cell": .cell, "crosshair": .crosshair, "text": .text, "vertical-text": .verticalText,
    "alias": .alias, "copy": .copy, "move": .move, "no-drop": .noDrop, "not-allowed": .notAllowed,
    "grab": .grab, "grabbing": .grabbing, "all-scroll": .allScroll, "col-resize": .columnResize,
    "row-resize": .rowResize, "n-resize": .northResize, "e-resize": .eastResize, "s-resize": .southResize,
    "w-resize": .westResize, "ne-resize": .northEastResize, "nw-resize": .northWestResize,
    "se-resize": .southEastResize, "sw-resize": .southWestResize, "ew-resize": .eastWestResize,
    "ns-resize": .northSouthResize, "nesw-resize": .northEastSouthWestResize,
    "nwse-resize": .northWestSouthEastResize, "zoom-in": .zoomIn, "zoom-out": .zoomOut,
  ]
}
