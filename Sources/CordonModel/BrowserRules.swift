/// What the remote browser lets a person do and reach (layer 1 of the architecture).
///
/// Compiled into IAM documents like every other line: the portal and the browser's door ask those, never these flags.
public struct BrowserRules: Sendable, Equatable {
  /// Whether a person may paste into the environment.
  public var clipboardIn: Bool
  /// Whether a person may copy out of the environment.
  public var clipboardOut: Bool
  /// Bytes of text that one session takes in, and as many that it gives out, where the clipboard is open that way.
  public var clipboardBudget: Int
  /// Whether a person may bring a file in.
  public var upload: Bool
  /// Whether a person may take a file out.
  public var download: Bool
  /// Whether a person may print.
  public var print: Bool
  /// Bytes of the largest file that crosses, where one of the three ways above is open.
  public var largestFile: Int
  /// Seconds without input after which a session ends.
  public var idle: Int
  /// Seconds after which a session ends in any case.
  public var longest: Int
  /// Whether the person's name is drawn over the picture.
  public var watermark: Bool
  /// Text that is hidden from every picture before it leaves.
  public var redact: [Redaction]
  /// How what sessions show is kept; nil keeps nothing.
  public var recording: RecordingRules?
  /// Outside hosts that the browser may reach beside the person's own notebook. Each one is a route that is reported.
  public var hosts: [AllowedHost]

  /// States the rules; what is left out is the closed choice.
  public init(
    clipboardIn: Bool = false, clipboardOut: Bool = false, clipboardBudget: Int = 1 << 20,
    upload: Bool = false, download: Bool = false, print: Bool = false, largestFile: Int = 32 << 20,
    idle: Int = 15 * 60,
    longest: Int = 8 * 3_600, watermark: Bool = true, redact: [Redaction] = [],
    recording: RecordingRules? = nil,
    hosts: [AllowedHost] = []
  ) {
    self.clipboardIn = clipboardIn
    self.clipboardOut = clipboardOut
    self.clipboardBudget = clipboardBudget
    self.upload = upload
    self.download = download
    self.print = print
    self.largestFile = largestFile
    self.idle = idle
    self.longest = longest
    self.watermark = watermark
    self.redact = redact
    self.recording = recording
    self.hosts = hosts
  }
}

/// How what remote browsers show is kept.
public struct RecordingRules: Sendable, Equatable {
  /// Seconds after which a recording is removed.
  public var keep: Int
  /// Bytes that all recordings may take together; when they do, no session opens and none goes on.
  public var limit: Int

  /// Keeps recordings for so long, and so many bytes of them.
  public init(keep: Int = 30 * 86_400, limit: Int = 10 << 30) {
    self.keep = keep
    self.limit = limit
  }
}
