/// How Chromium is started. Never with `--no-sandbox`: its own layers stay on inside ours.
public enum BrowserCommandLine {
  /// The browser itself, not its shell wrapper, which would read flags from the host's /etc/chromium.d.
  public static let program = "/usr/lib/chromium/chromium"
  /// What installs it.
  public static let installLine = "apt-get install -y chromium"

  /// The command: its standard input and output become the debugging pipe, which Chromium expects as descriptors 3 and 4.
  public static func arguments(width: Int, height: Int) -> [String] {
    [
      "/bin/sh", "-c", #"exec 3<&0 4>&1 </dev/null >/dev/null; exec "$0" "$@""#, program,
      "--remote-debugging-pipe", "--headless=new", "--user-data-dir=/home/workspace/profile",
      "--no-first-run",
      "--no-startup-window", "--window-size=\(width),\(height)", "--disable-gpu",
      "--disable-component-update",
      "--disable-background-networking", "--disable-breakpad", "--password-store=basic", "--mute-audio",
      "--hide-scrollbars=false", "--disable-features=Translate,MediaRouter,OptimizationHints",
    ]
  }
}
