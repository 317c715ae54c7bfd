import FoundationEssentials
import Glibc

/// A real Chromium of the drill's own, in one of the table's settings.
///
/// It runs in the drill's world, by an unprivileged user, with its own sandbox on.
final class DrilledBrowser {
  static let program = "/usr/lib/chromium/chromium"
  static let tool = DrillTool(command: program, package: "chromium")

  let setting: BrowserSetting
  let pipe: DevToolsPipe
  /// Where its downloads would lie.
  let home: String

  /// Starts a browser and waits for its first answer.
  ///
  /// - Parameters:
  ///   - folder: The drill's own folder, with the house's program, its socket and the policy.
  ///   - number: Tells apart the homes of several browsers.
  ///   - further: Switches beside those of every browser.
  init(
    _ setting: BrowserSetting, folder: String, number: Int, further: [String] = []
  ) throws(DrillError) {
    self.setting = setting
    home = "\(folder)/browser-\(setting.rawValue)-\(number)"
    try Files.makeFolder("\(home)/profile/Default")
    try Files.write(Self.preferences, to: "\(home)/profile/Default/Preferences")
    if geteuid() == 0 { try Tool.run(["chown", "-R", "65533:65533", home]) }
    let namespaces = [
      "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
    ]
    let command =
      ["/usr/bin/unshare"] + (setting.isInWorld ? [] : ["--net"]) + namespaces + ["--"]
      + ["/bin/bash", "-c", BrowserHouse.start, "cordon-drill", setting.rawValue, folder]
      + DrillWorld.withoutPrivileges + Self.arguments(setting, home: home) + further
    pipe = try DevToolsPipe(
      Launch(
        arguments: command, environment: ["PATH": Tool.path, "HOME": home, "LANG": "C.UTF-8"]))
    do {
      try pipe.call("Browser.getVersion", seconds: 30)
      try pipe.call("Target.setDiscoverTargets", ["discover": true])
    } catch {
      let said = pipe.complaint
      pipe.end()
      throw .world("Chromium did not start (\(setting.rawValue)): \(error): \(said)")
    }
  }

  /// Several files from one page: a person says yes to that once, and nobody is there to be asked.
  private static let preferences =
    #"{"profile":{"default_content_setting_values":{"automatic_downloads":1}}}"#

  private static func arguments(_ setting: BrowserSetting, home: String) -> [String] {
    let page = "http://\(BrowserHouse.host)"
    let way =
      switch setting {
      case .open: ["--host-resolver-rules=MAP \(BrowserHouse.host):80 127.0.0.1:3128"]
      case .bare: ["--proxy-server=http://127.0.0.1:3128", "--proxy-bypass-list=<-loopback>"]
      // The policy names the proxy.
      case .locked, .alone: [String]()
      }
    return [
      program, "--remote-debugging-pipe", "--headless=new", "--user-data-dir=\(home)/profile",
      "--no-first-run",
      "--no-startup-window", "--window-size=1280,800", "--disable-gpu", "--disable-component-update",
      "--disable-background-networking", "--disable-breakpad", "--password-store=basic", "--mute-audio",
      // Many ways exist in secure contexts only; that the real one is insecure must not be what closes them here.
      "--unsafely-treat-insecure-origin-as-secure=\(page)",
    ] + way
  }

  func end() { pipe.end() }

  /// Files below the home that hold a secret in name or content; the profile, which knows every address, is left out.
  func files(with secret: Canary) -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: home)) ?? []
    return names.filter { name in
      guard !name.hasPrefix("profile") else { return false }
      if name.contains(secret.text) { return true }
      let content = FileManager.default.contents(atPath: "\(home)/\(name)") ?? Data()
      return content.count < 1 << 20 && [UInt8](content).contains(subsequence: secret.bytes)
    }
  }

  /// Pages that are open.
  var pages: Set<String> {
    var open: Set<String> = []
    for event in pipe.events {
      let facts = event["params"]
      switch event["method"]?.text {
      case "Target.targetCreated":
        if let info = facts?["targetInfo"], info["type"]?.text == "page", let id = info["targetId"]?.text {
          open.insert(id)
        }
      case "Target.targetDestroyed":
        if let id = facts?["targetId"]?.text { open.remove(id) }
      default: break
      }
    }
    return open
  }
}
