/// What a person's browser says to the portal: keys, pointers, and the toolbar's buttons. Nothing else crosses inwards.
///
/// Each is one binary WebSocket message: the version, a number for the kind, then its fields (docs/browser.md). None names
/// a method or a parameter of Chromium's protocol.
public enum ClientMessage: Sendable, Equatable {
  /// The pointer moved, or a button went down or up.
  case pointer(Pointer)
  /// The wheel turned, or two fingers scrolled.
  case wheel(Wheel)
  /// Fingers on a touch screen.
  case touch(Touch)
  /// A key went down or up.
  case key(Key)
  /// An input method is composing this text; the selection counts UTF-16 units inside of it.
  case composing(String, start: UInt16, end: UInt16)
  /// An input method has composed this text, or a dead key gave it.
  case composed(String)
  /// The window lost the keyboard: every key and button that is down goes up.
  case releaseAll
  /// The window's size in CSS pixels, and how many device pixels each has, in hundredths.
  case resize(width: UInt16, height: UInt16, scale: UInt16)
  /// Back, forward, again, or to the first page.
  case travel(Travel)
  /// Shows another tab.
  case selectTab(UInt32)
  /// Closes a tab.
  case closeTab(UInt32)
  /// Opens a tab with the first page.
  case newTab
  /// Answers a page's dialog.
  case answerDialog(UInt32, accept: Bool, text: String)
  /// Looks for a text in the page; an empty one ends the search.
  case find(String, backwards: Bool)
  /// A frame was drawn: the next may come.
  case acknowledge(UInt32)
  /// What was drawn is lost: the whole picture again.
  case refresh
  /// What matters more to the person.
  case prefer(Preference)
  /// A text of the person's own clipboard, to be typed into the page where the rules let it.
  case paste(String)
  /// The page's selected text, for the person's own clipboard where the rules let it.
  case copy
  /// The shown page as a document, where the rules let it.
  case print
  /// A file that the page asked for begins.
  case upload(FileHead)
  /// The next bytes of it.
  case piece([UInt8])
  /// The person gives the page no file.
  case declineFile(UInt32)

  /// How a file begins.
  public struct FileHead: Sendable, Equatable {
    /// Which question of a page it answers.
    public var chooser: UInt32
    /// What the person's machine calls it.
    public var name: String
    /// How many bytes follow.
    public var size: UInt32

    /// A file's beginning.
    public init(chooser: UInt32, name: String, size: UInt32) {
      self.chooser = chooser
      self.name = name
      self.size = size
    }
  }

  /// Where a pointer is and what it does.
  public struct Pointer: Sendable, Equatable {
    /// What it does.
    public enum Kind: UInt8, Sendable, CaseIterable {
      case move, down, up
    }

    /// A mouse's buttons.
    public enum Button: UInt8, Sendable, CaseIterable {
      case none, left, middle, right
    }

    /// What happens.
    public var kind: Kind
    /// CSS pixels from the left; sent in eighths.
    public var x: Double
    /// CSS pixels from the top; sent in eighths.
    public var y: Double
    /// The button of a press or release.
    public var button: Button
    /// The buttons that are down (left 1, right 2, middle 4).
    public var buttons: UInt8
    /// 1 for a click, 2 for a double click, 3 for a triple one.
    public var clicks: UInt8
    /// The keys that are held.
    public var modifiers: Modifiers

    /// A pointer's doing.
    public init(
      _ kind: Kind, x: Double, y: Double, button: Button = .none, buttons: UInt8 = 0, clicks: UInt8 = 0,
      modifiers: Modifiers = []
    ) {
      self.kind = kind
      self.x = x
      self.y = y
      self.button = button
      self.buttons = buttons
      self.clicks = clicks
      self.modifiers = modifiers
    }
  }

  /// How far the wheel turned, and where.
  public struct Wheel: Sendable, Equatable {
    /// CSS pixels from the left.
    public var x: Double
    /// CSS pixels from the top.
    public var y: Double
    /// CSS pixels to the right; whole ones are sent.
    public var deltaX: Double
    /// CSS pixels down; whole ones are sent.
    public var deltaY: Double
    /// The keys that are held.
    public var modifiers: Modifiers

    /// A turn of the wheel.
    public init(x: Double, y: Double, deltaX: Double, deltaY: Double, modifiers: Modifiers = []) {
      self.x = x
      self.y = y
      self.deltaX = deltaX
      self.deltaY = deltaY
      self.modifiers = modifiers
    }
  }

  /// Fingers on a touch screen.
  public struct Touch: Sendable, Equatable {
    /// What they do.
    public enum Kind: UInt8, Sendable, CaseIterable {
      case start, move, end, cancel
    }

    /// One finger.
    public struct Finger: Sendable, Equatable {
      /// Which finger.
      public var id: UInt8
      /// CSS pixels from the left.
      public var x: Double
      /// CSS pixels from the top.
      public var y: Double

      /// A finger at a place.
      public init(id: UInt8, x: Double, y: Double) {
        self.id = id
        self.x = x
        self.y = y
      }
    }

    /// The most fingers that a message tells of.
    public static let mostFingers = 10
    /// What happens.
    public var kind: Kind
    /// The fingers that touch now.
    public var fingers: [Finger]
    /// The keys that are held.
    public var modifiers: Modifiers

    /// A touch.
    public init(_ kind: Kind, _ fingers: [Finger], modifiers: Modifiers = []) {
      self.kind = kind
      self.fingers = fingers
      self.modifiers = modifiers
    }
  }

  /// A key, as `KeyboardEvent` names it.
  public struct Key: Sendable, Equatable {
    /// Which of several keys of one name.
    public enum Place: UInt8, Sendable, CaseIterable {
      case standard, left, right, numberBlock
    }

    /// Whether it went down.
    public var isDown: Bool
    /// Whether it is held and repeats.
    public var repeats: Bool
    /// Which of several keys of one name.
    public var place: Place
    /// The keys that are held.
    public var modifiers: Modifiers
    /// `KeyboardEvent.key`: what the key types, or its name.
    public var key: String
    /// `KeyboardEvent.code`: where the key is.
    public var code: String

    /// A key's doing.
    public init(
      isDown: Bool, key: String, code: String, modifiers: Modifiers = [], repeats: Bool = false,
      place: Place = .standard
    ) {
      self.isDown = isDown
      self.repeats = repeats
      self.place = place
      self.modifiers = modifiers
      self.key = key
      self.code = code
    }
  }

  /// Keys that are held while something else happens.
  public struct Modifiers: OptionSet, Sendable, Hashable {
    /// Alt 1, Ctrl 2, Meta 4, Shift 8.
    public let rawValue: UInt8

    /// From the bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Alt, or Option.
    public static let alt = Modifiers(rawValue: 1)
    /// Control.
    public static let control = Modifiers(rawValue: 2)
    /// Meta, or Command.
    public static let meta = Modifiers(rawValue: 4)
    /// Shift.
    public static let shift = Modifiers(rawValue: 8)
  }

  /// Ways through a tab's history.
  public enum Travel: UInt8, Sendable, CaseIterable {
    case back, forward, reload, home
  }

  /// What matters more to a person.
  public enum Preference: UInt8, Sendable, CaseIterable {
    /// The portal measures and chooses.
    case automatic
    /// Sharp pictures.
    case sharp
    /// Few bytes.
    case sparing
  }
}
