import CordonLedger
import CordonLinux
import CordonModel
import CordonSandbox
import Foundation
import Testing

@testable import CordonRuntime

/// Real JupyterLab in real workspaces, met as the gateway meets it.
@Suite(.serialized) struct `A workspace's JupyterLab` {
  @Test func `runs cells, shows plots and widgets, and has a terminal`() async throws {
    try await NotebookPlace.with { place in
      try await NotebookPlace.installPlots()
      let terminal = try await place.lab("terminal", "echo $((6 * 7)) at $PWD", "42 at /home/workspace")
      #expect(terminal.contains { $0.contains("$ ") })
      #expect(try await place.lab("cell", "print(6 * 7)").first == "42")
      let widget = try await place.lab("cell", "import ipywidgets; display(ipywidgets.IntSlider())")
      #expect(widget.contains("comm jupyter.widget"))
      #expect(widget.contains { $0.hasPrefix("application/vnd.jupyter.widget-view+json") })
      let plot = try await place.lab(
        "cell",
        """
        import sys; sys.path.append('/opt/cordon/notebook/plots')
        import matplotlib.pyplot; _ = matplotlib.pyplot.plot([1, 4, 9])
        """)
      #expect(plot.contains { $0.hasPrefix("image/png iVBORw0KGgo") }, "\(plot)")
    }
  }

  @Test func `listens on its socket alone`() async throws {
    try await NotebookPlace.with { place in
      _ = try await place.lab("terminal", "echo $((6 * 7))", "42")
      let doors = WorkspaceBlueprint.listeners.filter { $0.transport == .stream }.map { door in
        let bytes = door.address.host.split(separator: ".").reversed().compactMap { UInt8($0) }
        return (bytes + [UInt8(door.address.port >> 8), UInt8(door.address.port & 255)])
          .map { String(format: "%02X", $0) }.joined()
      }
      #expect(try await Self.listening(in: place) == doors.sorted())
      // A kernel has one more, for what its own children print; like all in here it is on this workspace's loopback.
      _ = try await place.lab("cell", "print(6 * 7)")
      let more = try await Self.listening(in: place)
      #expect(more.count <= doors.count + 1)
      #expect(more.allSatisfy { $0.dropFirst(6).hasPrefix("7F") && $0.count == 12 }, "\(more)")
    }
  }

  @Test func `is read-only where it is installed`() async throws {
    try await NotebookPlace.with { place in
      _ = try await place.host.start(try Slug("lab-1"))
      let said = try await place.inside(
        "touch /opt/cordon/notebook/x; rm -rf /opt/cordon/notebook/bin; ls /opt/cordon/notebook/bin")
      #expect(said.contains("touch: cannot touch '/opt/cordon/notebook/x': Read-only file system"))
      #expect(said.contains("\npython\n"))
    }
  }

  @Test func `ends when nobody uses it, and comes back to whoever does`() async throws {
    try await NotebookPlace.with { place in
      let log = CollectingLog()
      let host = try place.secondHost(rules: NotebookRules(idle: 1), log: log)
      let workspace = try Slug("lab-1")
      for _ in 1...2 {
        _ = try await host.start(workspace)
        try await Self.until("it has ended") { await !host.isRunning(workspace) }
      }
      await host.close()
      try await Self.until("both ends are recorded") {
        log.events.filter { $0 == "StopNotebook: it ended by itself" }.count == 2
      }
    }
  }

  @Test func `does not start where that cannot be recorded`() async throws {
    try await NotebookPlace.with { place in
      let log = CollectingLog(refuses: true)
      let host = try place.secondHost(rules: NotebookRules(), log: log)
      await #expect(throws: CollectingLog.Full.self) { try await host.start(try Slug("lab-1")) }
      #expect(try await place.inside("ls /run/cordon/ingress") == "")
      await #expect(throws: NotebookHost.Refusal.self) { try await host.start(try Slug("lab-9")) }
    }
  }

  /// Addresses and ports on which something in the workspace listens by TCP, in hexadecimal digits.
  private static func listening(in place: NotebookPlace) async throws -> [String] {
    let script = "cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" { print $2 }' | tr -d : | sort"
    return try await place.inside(script).split(separator: "\n").map(String.init)
  }

  @Test func `takes the workspace's own Python for kernels`() async throws {
    try await NotebookPlace.with { place in
      _ = try await place.inside(
        """
        /usr/bin/python3 -m venv --without-pip ~/venv; cd ~/venv/lib/python3*/site-packages; echo answer = 42 > own.py
        """)
      let said = try await place.lab("cell", "import sys, own, ipykernel; print(sys.executable, own.answer)")
      #expect(said.first == "/home/workspace/venv/bin/python 42")
    }
  }

  private static let entries = [
    "@jupyterlab/filebrowser-extension:download", "@jupyterlab/docmanager-extension:download",
  ]

  /// A switch that says no is the same as none.
  @Test(arguments: ["{}", "{ download: off, upload: on, print: on }"])
  func `hands out no file`(browser: String) async throws {
    try await NotebookPlace.with(browser: browser) { place in
      _ = try await place.inside(
        "echo secret > ~/a.csv; echo secret > ~/b.png; printf '\\x89PNG\\r\\n\\x1a\\n' > ~/c.png; ln -s /etc/passwd ~/d.png"
      )
      _ = try await place.lab("save", "x.ipynb", "1")
      for path in [
        "/files/a.csv", "/files/a.csv?download=1", "/files/b.png", "/files/c.png?download=1", "/files/d.png",
        "/files/x.ipynb", "/nbconvert/html/x.ipynb?download=true", "/nbconvert/script/x.ipynb", "/view/a.csv",
        "/lab/api/extensions",
      ] {
        let said = try await place.lab("get", path)
        #expect(said.first == "403", "\(path): \(said)")
        #expect(!said.contains { $0.contains("secret") })
      }
      // A picture that a page shows, and what the editor reads.
      #expect(try await place.lab("get", "/files/c.png").first == "200")
      #expect(try await place.lab("get", "/api/contents/a.csv").first == "200")
      let page = try await place.lab("get", "/lab")
      #expect(page.first == "200")
      // The menus have none either, and the status bar has ours.
      for part in Self.entries + [
        "@jupyterlab/notebook-extension:export", "@jupyterlab/apputils-extension:print", "cordon-notebook",
      ] { #expect(page.contains { $0.contains("\"\(part)\"") }, "\(part)") }
      #expect(try await place.lab("get", "/lab/extensions/cordon-notebook/static/status.js").first == "200")
    }
  }

  @Test func `hands out files to keep where the spec says so, and has the menus' entries for it`()
    async throws
  {
    try await NotebookPlace.with(browser: "{ download: on }") { place in
      _ = try await place.inside(
        "echo figures > ~/a.csv; echo '<script>1</script>' > ~/b.html; printf '\\x89PNG\\r\\n\\x1a\\n' > ~/c.png; "
          + "ln -s /etc/passwd ~/d.txt; echo hidden > ~/.e")
      _ = try await place.lab("save", "x.ipynb", "1")
      for (path, kept) in [
        ("/files/a.csv", true), ("/files/a.csv?download=1", true), ("/files/b.html", true),
        ("/files/x.ipynb", true), ("/files/c.png?download=1", true), ("/files/c.png", false),
      ] {
        let said = try await place.lab("get", path)
        #expect(said.first == "200", "\(path): \(said)")
        #expect(said.contains { $0.hasPrefix("disposition: attachment") } == kept, "\(path): \(said)")
      }
      #expect(try await place.lab("get", "/files/a.csv").contains("figures"))
      for path in [
        "/files/.e", "/files/d.txt/../../../etc/passwd", "/files/none",
        "/nbconvert/html/x.ipynb?download=true",
        "/view/a.csv", "/lab/api/extensions",
      ] {
        let said = try await place.lab("get", path)
        #expect(said.first == "403" || said.first == "404", "\(path): \(said)")
      }
      let page = try await place.lab("get", "/lab")
      for part in Self.entries { #expect(!page.contains { $0.contains("\"\(part)\"") }, "\(part)") }
      for part in ["@jupyterlab/notebook-extension:export", "@jupyterlab/apputils-extension:print"] {
        #expect(page.contains { $0.contains("\"\(part)\"") }, "\(part)")
      }
    }
  }

  @Test func `keeps what is saved in the project's store, and gives it back to a new home`() async throws {
    let list = "[{ name: lab-1, notebook: { keep: ['*.py'] } }, { name: lab-2, notebook: on }]"
    try await NotebookPlace.with(list) { place in
      _ = try await place.inside("mkdir -p ~/deep/er")
      for path in [
        "one.ipynb", "deep/er/two.ipynb", "tool.py", "notes.txt", "gone.ipynb", "old.ipynb", "was.py",
      ] {
        #expect(try await place.lab("save", path, "mark('\(path)')").first?.hasPrefix("20") == true)
      }
      #expect(try await place.lab("delete", "gone.ipynb").first == "204")
      #expect(try await place.lab("move", "old.ipynb", "new.ipynb").first == "200")
      #expect(try await place.lab("move", "was.py", "was.txt").first == "200")
      #expect(try await place.lab("status").first == "kept")
      // The project's other workspace may write to the bucket: what it puts there becomes no file of the shell's.
      let planted = [
        "../evil.ipynb", ".bashrc", ".ipython/profile_default/startup/a.py", "a/../../b.py", "c.sh",
      ]
      for name in planted {
        _ = try await place.lab(
          "cell", Self.put("notebooks/lab-1/" + name), workspace: "lab-2")
      }
      try await NotebookPlace.with(list, like: place) { fresh in
        #expect(try await fresh.lab("status").first == "kept")
        let found = try await fresh.inside(
          "cd ~ && find . -name '*.ipynb' -o -name '*.py' -o -name '*.sh' -o -name .bashrc | sort")
        #expect(
          found.split(separator: "\n") == ["./deep/er/two.ipynb", "./new.ipynb", "./one.ipynb", "./tool.py"])
        #expect(try await fresh.inside("cat ~/tool.py") == "mark('tool.py')")
        #expect(try await fresh.inside("ls /home") == "workspace\n")
      }
    }
  }

  /// A cell that puts an object with the workspace's role.
  private static func put(_ key: String) -> String {
    """
    import sys; sys.path.append('/opt/cordon/notebook/lib/python%d.%d/site-packages' % sys.version_info[:2])
    import botocore.session
    s3 = botocore.session.get_session().create_client('s3')
    print(s3.put_object(Bucket='lab-store', Key='\(key)', Body=b'planted')['ResponseMetadata']['HTTPStatusCode'])
    """
  }

  @Test func `says so where the store does not take a file, and loses nothing`() async throws {
    try await NotebookPlace.with(
      "[{ name: lab-1, notebook: { keep: ['*.bin'] } }]", storage: "{ limit: 4 MiB }"
    ) {
      place in
      #expect(try await place.lab("upload", "large.bin", "6").first == "200")
      let said = try await place.lab("status", "behind")
      #expect(said.first == "behind", "\(said)")
      #expect(said.contains { $0.contains("problem") })
      #expect(try await place.inside("stat -c %s ~/large.bin") == "\(6 << 20)\n")
      #expect(
        try await place.inside("cat ~/.local/state/cordon/notebook.log").contains(
          "not kept in the project's store"))
    }
  }

  @Test func `starts again after a crash, and stays away when it ended by itself`() async throws {
    try await NotebookPlace.with { place in
      let host = try place.host
      let workspace = try Slug("lab-1")
      #expect(await !host.isRunning(workspace))
      async let first = host.start(workspace)
      async let second = host.start(workspace)
      _ = try await (first, second)
      // The kernel's parent is the server; whoever asked it to run this sees its connection end.
      _ = try await place.attempt(["cell", "import os; os.kill(os.getppid(), 9)"])
      try await Self.until("it runs again") {
        guard try place.events().contains("StopNotebook: it crashed") else { return false }
        return await host.isRunning(workspace)
      }
      #expect(try await place.lab("shutdown").first == "200")
      try await Self.until("it has ended") {
        try place.events().last == "StopNotebook: it ended by itself"
      }
      #expect(await !host.isRunning(workspace))
      #expect(try await place.lab("get", "/api/status").first == "200")
      #expect(
        try place.events() == [
          "StartNotebook: somebody came to it", "StopNotebook: it crashed", "StartNotebook: it crashed",
          "StopNotebook: it ended by itself", "StartNotebook: somebody came to it",
        ])
    }
  }

  private static func until(_ what: String, _ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !holds() {
      try #require(ContinuousClock.now < end, "\(what) within a minute")
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  @Test func `is nobody's but the gateway's`() async throws {
    try await NotebookPlace.with("[{ name: lab-1, notebook: on }, { name: lab-2, notebook: on }]") { place in
      _ = try await place.host.start(try Slug("lab-1"))
      let script = """
        /usr/bin/python3 -c '
        import socket
        link = socket.socket(socket.AF_UNIX)
        link.connect("/run/cordon/ingress/notebook.sock")
        link.sendall(b"GET /api/status HTTP/1.1\\r\\nHost: notebook.cordon.internal\\r\\n\\r\\n")
        print(link.recv(99))'
        """
      // A process of the same workspace, and one of another.
      #expect(try await !place.inside(script).contains("200"))
      #expect(try await place.inside(script, workspace: "lab-2").contains("FileNotFoundError"))
      #expect(try await place.inside("find / -name notebook.sock 2> /dev/null", workspace: "lab-2") == "")
    }
  }
}
