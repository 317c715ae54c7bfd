public import CordonModel

/// What a command that lets a file out of the browser must be given: there is one only where the session's rules open that
/// way, so no other code can send it.
public struct DownloadLicence: Sendable, Equatable {
  /// Nil where downloads are off.
  public init?(_ rules: BrowserRules) {
    guard rules.download else { return nil }
  }
}

/// The same for a file that comes in.
public struct UploadLicence: Sendable, Equatable {
  /// Nil where uploads are off.
  public init?(_ rules: BrowserRules) {
    guard rules.upload else { return nil }
  }
}

/// The same for a page as a document to print.
public struct PrintLicence: Sendable, Equatable {
  /// Nil where printing is off.
  public init?(_ rules: BrowserRules) {
    guard rules.print else { return nil }
  }
}
