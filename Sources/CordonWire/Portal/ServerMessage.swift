/// What the portal says to a person's browser: pixels, and what the toolbar shows. Nothing else crosses outwards.
public enum ServerMessage: Sendable, Equatable {
  /// Parts of the picture that changed.
  case frame(Frame)
  /// The pointer's shape where it is now.
  case cursor(Cursor)
  /// The tabs, in their order.
  case tabs(active: UInt32, [Tab])
  /// A page asks, and waits for the answer.
  case dialog(Dialog)
  /// The dialog is gone.
  case dialogClosed(UInt32)
  /// Where the shown tab stands.
  case navigation(Navigation)
  /// Seconds until the session ends without input, and in any case.
  case clock(idle: UInt32, longest: UInt32)
  /// Something was refused just now.
  case denied(Denial)
  /// What crosses the session's boundary and what does not, each with its reason.
  case crossings([Crossing])
  /// A text for the person's own clipboard; it was recorded before it was sent.
  case clipboard(String)
  /// Whether the text that was looked for is in the page.
  case found(Bool)
  /// Where text is being typed, so that an input method opens its list there; nil where nothing takes text.
  case caret(Caret?)
  /// The session is over.
  case ended(End, String)
  /// A file that was judged and recorded, and can be fetched once.
  case offer(Offer)
  /// A page asks for a file.
  case chooseFile(UInt32)
  /// It asks no more.
  case fileChosen(UInt32)
  /// Where a recording stands that is played, instead of a session.
  case replay(Replay)

  /// Parts of a picture.
  public struct Frame: Sendable, Equatable {
    /// One part, as a JPEG of its size.
    public struct Rectangle: Sendable, Equatable {
      /// Device pixels from the left.
      public var x: UInt16
      /// Device pixels from the top.
      public var y: UInt16
      /// Device pixels across.
      public var width: UInt16
      /// Device pixels down.
      public var height: UInt16
      /// The JPEG.
      public var image: [UInt8]

      /// A part of the picture.
      public init(x: UInt16, y: UInt16, width: UInt16, height: UInt16, image: [UInt8]) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
        self.image = image
      }
    }

    /// The most parts that one frame has.
    public static let mostRectangles = 256
    /// Counts up within a connection; the acknowledgement names it.
    public var number: UInt32
    /// Whether it covers the whole picture, so that nothing drawn before is needed.
    public var isWhole: Bool
    /// Device pixels across the whole picture.
    public var width: UInt16
    /// Device pixels down the whole picture.
    public var height: UInt16
    /// CSS pixels across the page: what positions of input are measured in.
    public var pageWidth: UInt16
    /// CSS pixels down the page.
    public var pageHeight: UInt16
    /// The parts that changed.
    public var rectangles: [Rectangle]

    /// A frame.
    public init(
      number: UInt32, isWhole: Bool, width: UInt16, height: UInt16, pageWidth: UInt16, pageHeight: UInt16,
      rectangles: [Rectangle]
    ) {
      self.number = number
      self.isWhole = isWhole
      self.width = width
      self.height = height
      self.pageWidth = pageWidth
      self.pageHeight = pageHeight
      self.rectangles = rectangles
    }
  }

  /// The pointer's shapes, by CSS's names. A page's own pictures are not among them: they would be pixels without a watermark.
  public enum Cursor: UInt8, Sendable, CaseIterable {
    case `default`, none, contextMenu, help, pointer, progress, wait, cell, crosshair, text, verticalText,
      alias, copy,
      move, noDrop, notAllowed, grab, grabbing, allScroll, columnResize, rowResize, northResize, eastResize,
      southResize, westResize, northEastResize, northWestResize, southEastResize, southWestResize,
      eastWestResize, northSouthResize, northEastSouthWestResize, northWestSouthEastResize, zoomIn, zoomOut
  }

  /// A page of the session.
  public struct Tab: Sendable, Equatable {
    /// The tab's number within the session.
    public var id: UInt32
    /// Whether its page crashed and can be loaded again.
    public var hasCrashed: Bool
    /// What the page calls itself.
    public var title: String
    /// Where it is.
    public var address: String

    /// A tab.
    public init(id: UInt32, hasCrashed: Bool = false, title: String, address: String) {
      self.id = id
      self.hasCrashed = hasCrashed
      self.title = title
      self.address = address
    }
  }

  /// A page's question.
  public struct Dialog: Sendable, Equatable {
    /// What it is.
    public enum Kind: UInt8, Sendable, CaseIterable {
      case alert, confirm, prompt, leaving
    }

    /// The dialog's number within the session; the answer names it.
    public var id: UInt32
    /// What it is.
    public var kind: Kind
    /// The tab that asks.
    public var tab: UInt32
    /// What it says.
    public var message: String
    /// What a prompt starts with.
    public var preset: String

    /// A dialog.
    public init(id: UInt32, kind: Kind, tab: UInt32, message: String, preset: String) {
      self.id = id
      self.kind = kind
      self.tab = tab
      self.message = message
      self.preset = preset
    }
  }

  /// Where a tab stands in its history.
  public struct Navigation: Sendable, Equatable {
    /// Whether there is a page before.
    public var canGoBack: Bool
    /// Whether there is a page after.
    public var canGoForward: Bool
    /// Where it is.
    public var address: String

    /// A place in a history.
    public init(canGoBack: Bool, canGoForward: Bool, address: String) {
      self.canGoBack = canGoBack
      self.canGoForward = canGoForward
      self.address = address
    }
  }

  /// What a session can be asked for that crosses its boundary, or that its browser can do.
  public enum Deed: UInt8, Sendable, CaseIterable {
    case pasteIn, copyOut, upload, download, print, popup, visit, dialog
  }

  /// Something that was refused.
  public struct Denial: Sendable, Equatable {
    /// What was wanted.
    public var deed: Deed
    /// Of what: a file's name, an address, or nothing.
    public var subject: String
    /// Why not, and what to do.
    public var reason: String

    /// A refusal.
    public init(_ deed: Deed, subject: String = "", reason: String) {
      self.deed = deed
      self.subject = subject
      self.reason = reason
    }
  }

  /// One way across the session's boundary.
  public struct Crossing: Sendable, Equatable {
    /// The way.
    public var deed: Deed
    /// Whether the session's rules open it.
    public var isOpen: Bool
    /// Why it is open or closed, in a sentence.
    public var reason: String

    /// A way.
    public init(_ deed: Deed, isOpen: Bool, reason: String) {
      self.deed = deed
      self.isOpen = isOpen
      self.reason = reason
    }
  }

  /// A file for the person.
  public struct Offer: Sendable, Equatable {
    /// The last part of its address, 32 hexadecimal digits.
    public var id: String
    /// By which way it leaves.
    public var deed: Deed
    /// What it is called.
    public var name: String
    /// Its bytes.
    public var size: UInt32

    /// A file.
    public init(id: String, deed: Deed, name: String, size: UInt32) {
      self.id = id
      self.deed = deed
      self.name = name
      self.size = size
    }
  }

  /// A place where text is typed, in CSS pixels of the page.
  public struct Caret: Sendable, Equatable {
    /// From the left.
    public var x: Double
    /// From the top, to the line's upper edge.
    public var y: Double
    /// The line's height.
    public var height: Double

    /// A place.
    public init(x: Double, y: Double, height: Double) {
      self.x = x
      self.y = y
      self.height = height
    }
  }

  /// Why a session is over for this client.
  public enum End: UInt8, Sendable, CaseIterable {
    /// The person ended it.
    case closed
    /// Nobody did anything for too long.
    case idle
    /// It lasted as long as it may.
    case longest
    /// The browser ended by itself or was killed.
    case browserEnded
    /// No client came back in time.
    case abandoned
    /// The person signed out, or may no longer be here.
    case revoked
    /// The environment goes down.
    case shuttingDown
    /// Another window of the same person shows the session now.
    case elsewhere
    /// What the client sent is no message.
    case misspoke
    /// What it shows must be recorded and could not be.
    case unrecorded
    /// A recording that is not as it was written.
    case unreadable
  }

  /// Where a recording stands.
  public struct Replay: Sendable, Equatable {
    /// How a recording ends.
    public enum Ending: UInt8, Sendable, CaseIterable {
      /// With its session.
      case whole
      /// Before it: by a crash, or because somebody cut it.
      case cut
      /// Not yet: its session goes on.
      case open
    }

    /// Milliseconds since its first picture.
    public var at: UInt32
    /// Milliseconds from its first picture to its last.
    public var length: UInt32
    /// How many times as fast as it was.
    public var speed: UInt8
    /// Whether it moves.
    public var isPlaying: Bool
    /// How it ends.
    public var ending: Ending

    /// A place in a recording.
    public init(at: UInt32, length: UInt32, speed: UInt8, isPlaying: Bool, ending: Ending) {
      self.at = at
      self.length = length
      self.speed = speed
      self.isPlaying = isPlaying
      self.ending = ending
    }
  }
}
