import Foundation
import Testing

@Suite struct `A new package lock` {
  @Test func `is resolved while the old one is in force, and is in force at once`() throws {
    let index = try Index()
    try index.offer("left-behind", "1.0", requires: ["base"])
    try index.offer("base", "1.0")
    try Up.with(Place(Self.text(index))) { up in
      let process = try up.status.process
      let first = try up.cordon("packages lock")
      #expect(first.status == 0 && first.text.contains("+ base 1.0, uploaded 2020"), "\(first)")
      try index.offer("left-behind", "2.0", requires: ["base", "newcomer"])
      try index.offer("newcomer", "1.0")
      #expect(try versions(up) == ["1.0"])
      #expect(try page(up, "newcomer").hasSuffix("404"))
      let second = try up.cordon("packages lock")
      #expect(second.text.contains("~ left-behind 1.0 -> 2.0"), "\(second)")
      #expect(second.text.contains("+ newcomer 1.0, uploaded 2020-01-01T00:00:00Z, required by left-behind"))
      #expect(try versions(up) == ["2.0"])
      #expect(try page(up, "newcomer").hasSuffix("200"))
      let same = try up.cordon("packages lock", "--format", "json")
      let answer = try JSONDecoder().decode(Answer.self, from: same.output)
      #expect(answer.packages == 3 && (answer.added + answer.removed + answer.changed).isEmpty, "\(same)")
      let again = try Cordon.run("up", up.place.spec, "--state", up.state)
      #expect(again.text.contains("is up already"), "\(again)")
      #expect(try up.status.process == process)
      let events = try up.cordon("ledger show", "--workspace", "lab-1", "--event", "UsePackageLock").text
      #expect(events.matches(of: #/UsePackageLock/#).count == 3)
      #expect(try up.verify().status == 0)
      try restores(up, index)
    }
  }

  private struct Answer: Decodable {
    struct Named: Decodable { var name: String }
    var packages: Int
    var added: [Named]
    var removed: [Named]
    var changed: [Named]
  }

  /// A command that fails and one that is killed half-way leave the old lock in force, in every workspace.
  private func restores(_ up: Up, _ index: Index) throws {
    let file = up.place.folder + "/cordon.packages.lock"
    let before = try String(contentsOfFile: file, encoding: .utf8)
    try index.offer("left-behind", "3.0", requires: [], isWhole: false)
    let failed = try up.cordon("packages lock")
    #expect(failed.status == 1 && failed.complaint.contains("nothing changed"), "\(failed)")
    #expect(try versions(up) == ["2.0"])

    try index.hold(true)
    let killed = try Running([Cordon.executable, "packages", "lock", "--state", up.state])
    try wait(until: "the index is asked") { index.isHeld }
    #expect(try versions(up, in: "lab-2") == ["2.0"], "the lock binds the other workspaces")
    let other = try up.cordon("packages lock", "--workspace", "lab-2")
    #expect(other.status == 1 && other.complaint.contains("is under way"), "\(other)")
    killed.signal(SIGKILL)
    _ = try killed.finish()
    try index.hold(false)
    try wait(until: "the old lock is back") {
      try up.cordon("ledger show", "--event", "RestorePackageLock").text
        .matches(of: #/RestorePackageLock/#).count == 2
    }
    #expect(try versions(up) == ["2.0"])
    #expect(try String(contentsOfFile: file, encoding: .utf8) == before)
    #expect(!FileManager.default.fileExists(atPath: file + ".proposed"))
    #expect(try up.verify().status == 0)
  }

  private func page(_ up: Up, _ name: String, in workspace: String = "lab-1") throws -> String {
    try up.exec(
      "sh", "-c", "curl -s -w '%{http_code}' \"${PIP_INDEX_URL%/}/\(name)/\"", workspace: workspace
    ).line
  }

  private func versions(_ up: Up, in workspace: String = "lab-1") throws -> [String] {
    let page = try page(up, "left-behind", in: workspace)
    return Set(page.matches(of: #/left_behind-([0-9.]+)-py3/#).map { String($0.output.1) }).sorted()
  }

  private static func text(_ index: Index) -> String {
    Place.text(size: "{ memory: 512 MiB, processes: 64, disk: 256 MiB }").replacing(
      "with: dependencies }", with: "with: dependencies, minimumAge: 0s, upstream: \"\(index.url)\" }")
  }
}

/// A package index on a loopback port: a folder of wheels, and a file that makes it wait.
private final class Index {
  let url: String
  private let folder: String
  private let server: Running

  private static let script = #"""
    import hashlib, http.server, json, os, sys, time
    folder = sys.argv[1]
    class Answer(http.server.BaseHTTPRequestHandler):
        def log_message(self, *words): pass
        def do_GET(self):
            parts = self.path.strip("/").split("/")
            if parts[0] == "files":
                body = open(os.path.join(folder, parts[1]), "rb").read()
                kind = "application/octet-stream"
            else:
                while os.path.exists(folder + "/hold"):
                    open(folder + "/held", "w").close()
                    time.sleep(0.05)
                stem = parts[1].replace("-", "_") + "-"
                files = []
                for name in sorted(os.listdir(folder)):
                    if not name.startswith(stem): continue
                    content = open(os.path.join(folder, name), "rb").read()
                    if content.startswith(b"broken"): content = b"whole"
                    files.append({"filename": name, "url": "/files/" + name,
                                  "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
                                  "upload-time": "2020-01-01T00:00:00Z"})
                if not files: return self.send_error(404)
                body = json.dumps({"meta": {"api-version": "1.1"}, "name": parts[1], "files": files}).encode()
                kind = "application/vnd.pypi.simple.v1+json"
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    open(folder + "/port", "w").write(str(server.server_port))
    print("ready", flush=True)
    server.serve_forever()
    """#

  init() throws {
    folder = URL(filePath: NSTemporaryDirectory()).appending(path: "cordon-index-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    server = try Running(["/usr/bin/python3", "-c", Self.script, folder])
    try server.waitFor("ready")
    url = "http://127.0.0.1:\(try String(contentsOfFile: folder + "/port", encoding: .utf8))/simple/"
  }

  deinit {
    server.signal(SIGTERM)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Offers a wheel; one that is not whole is not what the index says it is.
  func offer(_ name: String, _ version: String, requires: [String] = [], isWhole: Bool = true) throws {
    let stem = name.replacing("-", with: "_")
    let path = "\(folder)/\(stem)-\(version)-py3-none-any.whl"
    guard isWhole else { return try Data("broken".utf8).write(to: URL(filePath: path)) }
    let make = """
      import sys, zipfile
      path, name, stem, version, *requires = sys.argv[1:]
      info = f"{stem}-{version}.dist-info"
      with zipfile.ZipFile(path, "w") as wheel:
          wheel.writestr(f"{stem}.py", "")
          wheel.writestr(f"{info}/METADATA", "\\n".join(["Metadata-Version: 2.1", f"Name: {name}",
              f"Version: {version}"] + [f"Requires-Dist: {needed}" for needed in requires]) + "\\n")
          wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
          wheel.writestr(f"{info}/RECORD", "")
      """
    let said = try run(["/usr/bin/python3", "-c", make, path, name, stem, version] + requires)
    try #require(said.status == 0, "\(said)")
  }

  /// Whether it waits with its pages.
  func hold(_ holds: Bool) throws {
    if holds {
      try Data().write(to: URL(filePath: folder + "/hold"))
    } else {
      try FileManager.default.removeItem(atPath: folder + "/hold")
    }
  }

  var isHeld: Bool { FileManager.default.fileExists(atPath: folder + "/held") }
}
