import CordonModel
import CordonPolicy
import Foundation
import Testing

@testable import CordonPortal

/// Chromium's policy, key by key: what is off is off in every session, and a switch of the spec moves its own keys only.
@Suite struct `The policy of a session's browser` {
  private static func policy(_ rules: BrowserRules) throws -> JSONValue {
    let home = try #require(PageAddress("http://notebook.cordon.internal/lab"))
    return try JSONValue(
      parsing: ManagedPolicy(
        hosts: [.init(name: "notebook.cordon.internal", isPlain: true)], home: home, rules: rules
      ).json)
  }

  /// Every choice of the spec's switches.
  private static let choices: [BrowserRules] = (0..<32).map { bits in
    func isOn(_ place: Int) -> Bool { bits >> place & 1 == 1 }
    return BrowserRules(
      clipboardIn: isOn(0), clipboardOut: isOn(1), upload: isOn(2), download: isOn(3), print: isOn(4))
  }

  /// What no line of the spec opens, with the word that closes it. 2 is "blocked" (Chromium's policy list, `Default*Setting`).
  private static let closed: [(what: String, keys: [String: JSONValue])] = [
    ("camera and microphone", ["AudioCaptureAllowed": false, "VideoCaptureAllowed": false]),
    ("the screen", ["ScreenCaptureAllowed": false, "DisableScreenshots": true]),
    (
      "WebRTC outside of the proxy",
      ["WebRtcIPHandling": "disable_non_proxied_udp", "WebRtcUdpPortRange": "1-1"]
    ), ("USB", ["DefaultWebUsbGuardSetting": 2]), ("HID", ["DefaultWebHidGuardSetting": 2]),
    ("serial ports", ["DefaultSerialGuardSetting": 2]),
    ("Bluetooth", ["DefaultWebBluetoothGuardSetting": 2]),
    ("sockets of a page's own", ["DefaultDirectSocketsSetting": 2]),
    ("sensors", ["DefaultSensorsSetting": 2]), ("the place", ["DefaultGeolocationSetting": 2]),
    ("notifications", ["DefaultNotificationsSetting": 2, "AllowSystemNotifications": false]),
    ("popups without a click", ["DefaultPopupsSetting": 2]), ("fonts", ["DefaultLocalFontsSetting": 2]),
    ("other screens", ["DefaultWindowManagementSetting": 2]),
    ("the clipboard of the sandbox", ["DefaultClipboardSetting": 2]),
    (
      "files of the sandbox",
      [
        "DefaultFileSystemReadGuardSetting": 2, "DefaultFileSystemWriteGuardSetting": 2,
        "AllowFileSelectionDialogs": false, "DownloadDirectory": "/nonexistent",
      ]
    ),
    (
      "extensions",
      [
        "ExtensionInstallBlocklist": ["*"], "ExtensionAllowedTypes": [], "BlockExternalExtensions": true,
        "ExtensionDeveloperModeSettings": 1, "NativeMessagingBlocklist": ["*"],
      ]
    ),
    (
      "profiles beside the session's own",
      [
        "IncognitoModeAvailability": 1, "BrowserGuestModeEnabled": false, "BrowserAddPersonEnabled": false,
        "BrowserSignin": 0, "SyncDisabled": true, "PasswordManagerEnabled": false,
      ]
    ), ("programs for other addresses", ["SandboxExternalProtocolBlocked": true]),
    (
      "ways beside the proxy",
      ["QuicAllowed": false, "DnsOverHttpsMode": "off", "NetworkPredictionOptions": 2]
    ),
    ("casting", ["EnableMediaRouter": false, "DesktopSharingHubEnabled": false]),
  ]

  @Test(arguments: closed)
  func `keeps off what no line of the spec opens, whatever the spec opens`(
    what: String, keys: [String: JSONValue]
  ) throws {
    for rules in Self.choices {
      let policy = try Self.policy(rules)
      for (key, value) in keys { #expect(policy[key] == value, "\(what): \(key) with \(rules)") }
    }
  }

  @Test func `sends everything by way of the gateway's listener, and blocks each kind of address by name`()
    throws
  {
    for rules in Self.choices {
      let policy = try Self.policy(rules)
      #expect(policy["ProxySettings"]?["ProxyMode"] == "fixed_servers")
      #expect(policy["ProxySettings"]?["ProxyServer"] == "http://127.0.0.1:3128")
      #expect(policy["ProxySettings"]?["ProxyBypassList"] == "<-loopback>")
      let blocked = policy["URLBlocklist"]?.written(.canonical) ?? ""
      for kind in [
        "*", "chrome://*", "chrome-untrusted://*", "chrome-extension://*", "devtools://*", "view-source:*",
        "file://*", "javascript://*", "data:*", "filesystem:*", "ftp://*",
      ] { #expect(blocked.contains("\"\(kind)\""), "\(kind)") }
      #expect(blocked.contains("\"blob:*\"") == !rules.download)
      #expect(
        policy["URLAllowlist"]
          == ["http://.notebook.cordon.internal", "ws://.notebook.cordon.internal", "about:blank"])
    }
  }

  @Test func `moves two keys for downloads, one for printing, and none for anything else`() throws {
    let shut = try Self.policy(BrowserRules())
    for rules in Self.choices {
      let policy = try Self.policy(rules)
      #expect(policy["DownloadRestrictions"] == (rules.download ? 0 : 3))
      #expect(policy["PrintingEnabled"] == JSONValue(.bool(rules.print)))
      let moved = Self.names(policy).filter { policy[$0] != shut[$0] }
      #expect(
        Set(moved)
          == Set(
            (rules.download ? ["DownloadRestrictions", "URLBlocklist"] : [])
              + (rules.print ? ["PrintingEnabled"] : [])))
      #expect(Self.names(policy) == Self.names(shut))
    }
  }

  private static func names(_ policy: JSONValue) -> [String] {
    guard case .object(let members) = policy.content else { return [] }
    return members.map(\.name)
  }

  /// Chromium passes over a name that it does not know, without a word to whoever does not look.
  @Test func `has no name that this Chromium does not know`() throws {
    let policy = try Self.policy(BrowserRules())
    let names = Self.names(policy) + ["CACertificates"]
    #expect(names.count > 60)
    let search = Process()
    search.executableURL = URL(filePath: "/usr/bin/grep")
    search.arguments =
      ["-aowF"] + (names + ["DataControlsRulez"]).flatMap { ["-e", $0] } + [BrowserCommandLine.program]
    let output = Pipe()
    search.standardOutput = output
    try search.run()
    let found = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    search.waitUntilExit()
    #expect(Set(found.split(separator: "\n").map(String.init)) == Set(names))
  }
}
