public import CordonModel
import CordonWire

/// A session's number: 128 random bits, as 32 hexadecimal digits. It names a session and gives no right to it.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
  /// The digits.
  public let text: String

  /// A new one, from the system's random numbers.
  public init() {
    var random = SystemRandomNumberGenerator()
    text = Hex.text((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  /// Reads one; nil unless it is 32 lower-case hexadecimal digits.
  public init?(_ text: String) {
    let digits = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard text.utf8.count == 32, digits else { return nil }
    self.text = text
  }

  /// The digits.
  public var description: String { text }
}

/// The window that a session is drawn for, held to what a browser can draw and a person can see.
public struct Viewport: Sendable, Hashable {
  /// CSS pixels across, 320 to 4096.
  public let width: Int
  /// CSS pixels down, 240 to 4096.
  public let height: Int
  /// Device pixels for a CSS pixel, 1 to 3, fewer where the picture would have more than 4K's pixels.
  public let scale: Double

  /// The most device pixels of a picture: a 4K window's, and a little for windows that are not 16:9.
  public static let mostPixels = 4_096 * 2_304

  /// A window; what is out of bounds is brought to them.
  public init(width: Int = 1_280, height: Int = 800, scale: Double = 1) {
    self.width = min(max(width, 320), 4_096)
    self.height = min(max(height, 240), 4_096)
    let area = Double(self.width * self.height)
    let largest = (Double(Self.mostPixels) / area).squareRoot()
    let wanted = scale.isFinite ? min(max(scale, 1), 3) : 1
    self.scale = min(wanted, max(largest, 0.5))
  }

  /// Device pixels across.
  public var pixelWidth: Int { Int((Double(width) * scale).rounded(.up)) }
  /// Device pixels down.
  public var pixelHeight: Int { Int((Double(height) * scale).rounded(.up)) }
}

/// What a session is opened from.
public struct SessionPlan: Sendable {
  /// The session's number.
  public var id: SessionID
  /// Whose session it is.
  public var person: Slug
  /// The project that it works in.
  public var project: Slug
  /// The workspace whose JupyterLab it shows.
  public var workspace: Slug
  /// What may cross its boundary, and how long it lasts.
  public var rules: BrowserRules
  /// The page that it starts with, and that "home" returns to.
  public var home: PageAddress
  /// The window that it starts with.
  public var viewport: Viewport

  /// A plan for a new session.
  public init(
    id: SessionID = SessionID(), person: Slug, project: Slug, workspace: Slug, rules: BrowserRules,
    home: PageAddress, viewport: Viewport = Viewport()
  ) {
    self.id = id
    self.person = person
    self.project = project
    self.workspace = workspace
    self.rules = rules
    self.home = home
    self.viewport = viewport
  }
}

/// A browser that runs for one session.
public protocol RunningBrowser: Sendable {
  /// The pipe that it is driven over.
  var devTools: DevToolsConnection { get }
  /// Pages that were opened before the session, by Chromium's names; they are none of its tabs.
  var triedPages: Set<String> { get }
  /// Takes a file that it downloaded out of its sandbox; nil where it is longer than `limit`.
  func takeDownload(_ id: String, atMost limit: Int) async throws -> [UInt8]?
  /// Puts a file into its sandbox, and gives its path there.
  func placeUpload(_ name: String, _ bytes: [UInt8]) async throws -> String
  /// Ends it and everything it started, and takes back what it was given. A second call does nothing.
  func end()
  /// Suspends until it has ended, by itself or by `end`.
  func wait() async
}

extension BrowserProcess: RunningBrowser {}

/// Starts browsers: who implements it opens the sandbox and hands its listener to the gateway.
public protocol BrowserLauncher: Sendable {
  /// Starts the browser of one session.
  func launch(_ plan: SessionPlan) async throws -> any RunningBrowser
}
