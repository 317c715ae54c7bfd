/// What the remote browser lets a person do (layer 1 of the architecture).
///
/// The spec states it today so that a file written now keeps its meaning. Nothing enforces it in this version: the
/// paths it stands for are reported as not yet covered, never as closed.
public struct BrowserRules: Sendable, Equatable {
  /// Whether a person may paste into the environment.
  public var clipboardIn: Bool
  /// Whether a person may copy out of the environment.
  public var clipboardOut: Bool
  /// Seconds without input after which a session ends.
  public var idle: Int
  /// Seconds after which a session ends in any case.
  public var longest: Int
  /// Whether the person's name is drawn over the picture.
  public var watermark: Bool

  /// States the rules; what is left out is the closed choice.
  public init(
    clipboardIn: Bool = false, clipboardOut: Bool = false, idle: Int = 15 * 60, longest: Int = 8 * 3_600,
    watermark: Bool = true
  ) {
    self.clipboardIn = clipboardIn
    self.clipboardOut = clipboardOut
    self.idle = idle
    self.longest = longest
    self.watermark = watermark
  }
}
