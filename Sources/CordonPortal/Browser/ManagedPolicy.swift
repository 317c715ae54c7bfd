public import CordonModel
public import CordonPolicy

/// Chromium's managed policy for one session, as its policy folder takes it.
///
/// The second layer: the gateway decides what is reached, the sandbox that nothing else can be. What each entry closes, and
/// which entries Chromium ignores without saying so, was measured; docs/browser.md has the table.
public struct ManagedPolicy: Sendable, Equatable {
  /// The folder below the browser's /etc.
  public static let path = "/etc/chromium/policies/managed/cordon.json"

  /// Where the browser may go, as Chromium's URL filters write it.
  public var allowlist: [String]
  /// The page that a session starts with.
  public var home: PageAddress
  /// What people may do.
  public var rules: BrowserRules
  /// Certificate authorities beside Chromium's own, DER as base64: the environment's, where TLS to listed hosts is read.
  public var authorities: [String]

  /// A policy for a session that may reach `hosts` and starts at `home`.
  public init(
    hosts: [DomainHost], home: PageAddress, rules: BrowserRules, authorities: [String] = []
  ) {
    allowlist = hosts.flatMap(\.filters) + ["about:blank"]
    self.home = home
    self.rules = rules
    self.authorities = authorities
  }

  /// Whether nothing but the proxy is set, for a drill that shows what the rest is good for.
  public private(set) var isProxyOnlyForDrill = false

  /// The policy of a drill's browser whose policy is switched off: its way is still the gateway's.
  public static func proxyOnlyForDrill(_ home: PageAddress) -> ManagedPolicy {
    var policy = ManagedPolicy(hosts: [], home: home, rules: BrowserRules())
    policy.isProxyOnlyForDrill = true
    return policy
  }

  /// A host that the browser may reach.
  public struct DomainHost: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Whether it is reached without TLS: inside the sandbox, an insecure context is a control of its own.
    public var isPlain: Bool
    /// On which port; nil on any.
    public var port: UInt16?
    /// Whether the names below it are meant as well.
    public var withChildren: Bool

    /// A host.
    public init(name: String, isPlain: Bool = false, port: UInt16? = nil, withChildren: Bool = false) {
      self.name = name
      self.isPlain = isPlain
      self.port = port
      self.withChildren = withChildren
    }

    /// A leading dot means this host and none below it (Chromium, "URL blocklist filter format").
    var filters: [String] {
      let host = (withChildren ? "" : ".") + name + (port.map { ":\($0)" } ?? "")
      return isPlain ? ["http://\(host)", "ws://\(host)"] : ["https://\(host)", "wss://\(host)"]
    }
  }

  /// The policy as JSON.
  public var json: String { value.written(.readable) }

  /// The policy's entries. `URLBlocklist` "*" leaves out every scheme but the web's: each is named.
  public var value: JSONValue {
    .object(isProxyOnlyForDrill ? proxy : network + proxy + transfers + devices + noise + trust)
  }

  private var trust: [(String, JSONValue)] {
    authorities.isEmpty ? [] : [("CACertificates", .array(authorities.map { .string($0) }))]
  }

  private var proxy: [(String, JSONValue)] {
    [
      (
        "ProxySettings",
        [
          // Without <-loopback> the browser's own loopback would bypass the proxy.
          "ProxyMode": "fixed_servers", "ProxyServer": "http://127.0.0.1:3128",
          "ProxyBypassList": "<-loopback>",
        ]
      )
    ]
  }

  private var blocked: [String] {
    [
      "*", "chrome://*", "chrome-untrusted://*", "chrome-extension://*", "devtools://*", "view-source:*",
      "file://*", "javascript://*", "data:*", "filesystem:*", "ftp://*",
    ]
  }

  /// Chromium 156 judges a `blob:` address by its maker's, whatever the list says of it (measured): what closes it to
  /// downloads is `DownloadRestrictions`. One that took the entry at its word is not to close what the spec opens.
  private var network: [(String, JSONValue)] {
    [
      (
        "URLBlocklist", .array((blocked + (rules.download ? [] : ["blob:*"])).map { .string($0) })
      ),
      ("URLAllowlist", .array(allowlist.map { .string($0) })),
      ("QuicAllowed", false), ("DnsOverHttpsMode", "off"), ("BuiltInDnsClientEnabled", false),
      ("NetworkPredictionOptions", 2), ("WebRtcIPHandling", "disable_non_proxied_udp"),
      ("WebRtcUdpPortRange", "1-1"),
      ("WebRtcEventLogCollectionAllowed", false), ("WebRtcTextLogCollectionAllowed", false),
      ("SandboxExternalProtocolBlocked", true),
    ]
  }

  private var transfers: [(String, JSONValue)] {
    [
      ("DownloadRestrictions", rules.download ? 0 : 3), ("DownloadDirectory", "/nonexistent"),
      ("PromptForDownloadLocation", false),
      ("AllowFileSelectionDialogs", false), ("PrintingEnabled", JSONValue(.bool(rules.print))),
      ("DisablePrintPreview", true),
      // 2 would break the debugging pipe itself; devtools are closed by URLBlocklist and by the portal's commands.
      ("DeveloperToolsAvailability", 0), ("RemoteDebuggingAllowed", true),
      ("ExtensionInstallBlocklist", ["*"]),
      ("ExtensionAllowedTypes", []), ("BlockExternalExtensions", true), ("ExtensionDeveloperModeSettings", 1),
      ("NativeMessagingBlocklist", ["*"]), ("DefaultClipboardSetting", 2),
      ("DefaultFileSystemReadGuardSetting", 2),
      ("DefaultFileSystemWriteGuardSetting", 2), ("DisableScreenshots", true),
      ("ScreenCaptureAllowed", false),
      ("IncognitoModeAvailability", 1), ("BrowserGuestModeEnabled", false),
      ("BrowserAddPersonEnabled", false),
      ("BrowserSignin", 0), ("SyncDisabled", true), ("PasswordManagerEnabled", false),
    ]
  }

  private var devices: [(String, JSONValue)] {
    [
      ("DefaultWebUsbGuardSetting", 2), ("DefaultWebHidGuardSetting", 2), ("DefaultSerialGuardSetting", 2),
      ("DefaultWebBluetoothGuardSetting", 2), ("DefaultDirectSocketsSetting", 2),
      ("DefaultSensorsSetting", 2),
      ("DefaultGeolocationSetting", 2), ("DefaultNotificationsSetting", 2), ("DefaultPopupsSetting", 2),
      ("DefaultLocalFontsSetting", 2), ("DefaultWindowManagementSetting", 2), ("AudioCaptureAllowed", false),
      ("VideoCaptureAllowed", false),
    ]
  }

  private var noise: [(String, JSONValue)] {
    [
      ("SpellCheckServiceEnabled", false), ("TranslateEnabled", false), ("SearchSuggestEnabled", false),
      ("DefaultSearchProviderEnabled", false), ("AlternateErrorPagesEnabled", false),
      ("SafeBrowsingProtectionLevel", 0),
      ("MetricsReportingEnabled", false), ("UserFeedbackAllowed", false),
      ("UrlKeyedAnonymizedDataCollectionEnabled", false), ("ComponentUpdatesEnabled", false),
      ("BackgroundModeEnabled", false), ("EditBookmarksEnabled", false), ("EnableMediaRouter", false),
      ("DesktopSharingHubEnabled", false), ("QRCodeGeneratorEnabled", false),
      ("HomepageLocation", .string(home.text)),
      ("RestoreOnStartup", 5), ("AllowSystemNotifications", false), ("TaskManagerEndProcessEnabled", false),
      ("PolicyTestPageEnabled", false),
    ]
  }
}
