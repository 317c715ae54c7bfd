import CordonLinux
public import CordonSandbox

/// The sandbox of one browser session: its own user, network with nothing but the gateway's listener, and memory for a home.
public enum BrowserSandbox {
  /// Where the gateway listens for the browser, which ProxySettings names.
  public static let proxy = SandboxConfiguration.Listener(
    SocketAddress(host: "127.0.0.1", port: 3_128), .stream, purpose: "browser")

  /// What one session's sandbox is opened from.
  ///
  /// - Parameters:
  ///   - name: The session's, letters, digits and `-`.
  ///   - identity: A host user of its own where there is root.
  ///   - policy: Chromium's managed policy; nil only in the drill's bare browser.
  public static func configuration(
    name: String, identity: SandboxConfiguration.Identity, policy: ManagedPolicy?, controlGroupPrefix: String
  ) -> SandboxConfiguration {
    var configuration = SandboxConfiguration(
      name: name, identity: identity, home: .memory(bytes: 512 << 20),
      limits: ResourceLimits(memoryBytes: 3 << 30, processes: 512, processorPercent: 200),
      memory: SandboxConfiguration.Memory(temporary: 256 << 20, shared: 512 << 20, run: 4 << 20),
      listeners: [proxy], files: EtcFile.standard(hostname: "cordon-browser"),
      controlGroupPrefix: controlGroupPrefix)
    configuration.purpose = .browser
    configuration.hostname = "cordon-browser"
    if let policy { configuration.files.append(EtcFile(ManagedPolicy.path, text: policy.json)) }
    return configuration
  }
}
