import CordonWire

/// Hosts that Chromium calls by itself, whatever a person does: form filling, updates, lists, time.
///
/// Nothing is let through because of this list. It says only how a refusal is kept: tagged, and one record for many, so
/// that what a person or a page did is not buried. What was seen of a locked Chromium is in docs/browser.md.
enum BackgroundHosts {
  /// What the records carry.
  static let tag = "browser background"
  /// Their route.
  static let route = "browser-background"
  /// One record stands for so long for all of one host.
  static let window: Duration = .seconds(600)

  private static let names: Set<String> = [
    "content-autofill.googleapis.com", "update.googleapis.com", "redirector.gvt1.com", "edgedl.me.gvt1.com",
    "clients2.google.com", "clients2.googleusercontent.com", "clientservices.googleapis.com",
    "optimizationguide-pa.googleapis.com", "safebrowsing.googleapis.com", "accounts.google.com",
    "android.clients.google.com", "mtalk.google.com",
  ]

  /// Whether Chromium asks for this host by itself.
  static func contains(_ host: DomainName) -> Bool { names.contains(host.text) }
}
