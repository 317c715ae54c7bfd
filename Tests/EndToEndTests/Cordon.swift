import Foundation
import Testing

/// The executable under test.
enum Cordon {
  /// `CORDON_EXECUTABLE`, else the one that was built beside this test bundle.
  static let executable: String = {
    if let named = ProcessInfo.processInfo.environment["CORDON_EXECUTABLE"] { return named }
    var folder = URL(filePath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    while folder.path != "/" {
      for place in ["cordon", "debug/cordon", "release/cordon"] {
        let file = folder.appending(path: place).path
        let type = (try? FileManager.default.attributesOfItem(atPath: file))?[.type] as? FileAttributeType
        if type == .typeRegular { return file }
      }
      folder.deleteLastPathComponent()
    }
    return "cordon"
  }()

  @discardableResult
  static func run(_ words: String..., input: Data = Data(), in folder: String? = nil, seconds: Double = 120)
    throws
    -> Said
  {
    try EndToEndTests.run([executable] + words, input: input, in: folder, seconds: seconds)
  }
}

/// A spec, its data and a state folder in a temporary place of their own.
final class Place: Sendable {
  let folder: String
  var spec: String { folder + "/cordon.yaml" }
  var state: String { folder + "/state" }

  /// - Parameter parent: Where the place is made; by default the temporary folder.
  init(_ text: String = Place.text(), parent: String = NSTemporaryDirectory()) throws {
    folder = URL(filePath: parent).appending(path: "cordon-e2e-\(UUID().uuidString.prefix(8))").path
    try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
    try write(text)
    try Data("id,value\n1,42\n".utf8).write(to: URL(filePath: folder + "/data/table.csv"))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: spec)) }

  /// A small environment: one project, two workspaces, a bucket to read and one to write.
  static func text(
    name: String = "e2e", egress: String = "{ hosts: [] }", sandbox: String = "",
    size: String = "{ memory: 256 MiB, processes: 64, disk: 48 MiB }", storage: String = "{ limit: 256 MiB }"
  ) -> String {
    """
    cordon: 1
    name: \(name)
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1
    egress: \(egress)
    \(sandbox)
    packages:
      pypi: { allow: [left-behind], with: dependencies }
    projects:
      - name: lab
        data: [{ bucket: lab-data, from: data/, readOnly: true }]
        store: lab-store
        storage: \(storage)
        workspaces:
          - { name: lab-1, size: \(size) }
          - { name: lab-2, size: \(size) }

    """
  }
}

/// An environment that runs for the length of a test.
final class Up {
  let place: Place
  let state: String

  init(_ place: Place, state: String) {
    self.place = place
    self.state = state
  }

  /// Brings an environment up, and down again whatever `body` does.
  ///
  /// - Parameter seconds: What is called too long to come up.
  static func with<R>(
    _ place: Place? = nil, state: String? = nil, arguments: [String] = [], seconds: Double = 120,
    _ body: (Up) throws -> R
  ) throws -> R {
    let place = try place ?? Place()
    let up = Up(place, state: state ?? place.state)
    defer { _ = try? Cordon.run("down", "--state", up.state) }
    let said = try EndToEndTests.run(
      [Cordon.executable, "up", place.spec, "--state", up.state] + arguments, seconds: seconds)
    try #require(said.status == 0, "\(said)")
    return try body(up)
  }

  @discardableResult
  func cordon(_ command: String, _ words: String..., input: Data = Data(), seconds: Double = 120) throws
    -> Said
  {
    let parts = command.split(separator: " ").map(String.init)
    return try EndToEndTests.run(
      [Cordon.executable] + parts + ["--state", state] + words, input: input, seconds: seconds)
  }

  @discardableResult
  func exec(_ words: String..., workspace: String = "lab-1", input: Data = Data(), seconds: Double = 120)
    throws -> Said
  {
    try EndToEndTests.run(arguments(workspace, words), input: input, seconds: seconds)
  }

  /// A command that runs beside the test.
  func start(_ words: String..., workspace: String = "lab-1") throws -> Running {
    try Running(arguments(workspace, words))
  }

  /// A call of the store from inside; see `S3.script`.
  @discardableResult
  func s3(_ words: String..., workspace: String = "lab-1", input: Data = Data()) throws -> Said {
    try EndToEndTests.run(arguments(workspace, ["python3", "-c", S3.script] + words), input: input)
  }

  private func arguments(_ workspace: String, _ words: [String]) -> [String] {
    [Cordon.executable, "exec", "--state", state, workspace, "--"] + words
  }

  var status: Status {
    get throws { try JSONDecoder().decode(Status.self, from: cordon("status", "--format", "json").output) }
  }

  /// What the ledger's own verification says.
  func verify() throws -> Said { try cordon("ledger verify") }
}

/// What `cordon status --format json` says.
struct Status: Decodable {
  struct Workspace: Decodable {
    var name: String
    var processes: Int?
  }

  var process: Int32
  var workspaces: [Workspace]
  var denials: [String: Int]
}

/// A client of the store in a few lines of Python, because a workspace has nothing but what Debian has.
enum S3 {
  /// `put KEY [BUCKET]` (body on standard input), `get KEY [BUCKET]`, `skewed KEY` (signed an hour ago),
  /// `slow KEY` (says `half` and waits for a line on standard input before the second half).
  static let script = #"""
    import datetime, hashlib, hmac, http.client, json, os, ssl, sys, urllib.request
    verb, key = sys.argv[1], sys.argv[2]
    bucket = sys.argv[3] if len(sys.argv) > 3 else "lab-store"
    plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    own = json.load(plain.open("http://127.0.0.1:8170/credentials"))
    region = os.environ["AWS_REGION"]
    host = f"s3.{region}.amazonaws.com"
    def signed(method, path, skew):
        now = datetime.datetime.utcnow() - datetime.timedelta(seconds=skew)
        stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        head = {"host": host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": stamp,
                "x-amz-security-token": own["Token"]}
        names = ";".join(sorted(head))
        canonical = "\n".join([method, path, ""] + [f"{n}:{head[n]}" for n in sorted(head)]
                              + ["", names, "UNSIGNED-PAYLOAD"])
        scope = f"{day}/{region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        secret = ("AWS4" + own["SecretAccessKey"]).encode()
        for part in (day, region, "s3", "aws4_request"):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        mark = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
        head["authorization"] = (f"AWS4-HMAC-SHA256 Credential={own['AccessKeyId']}/{scope}, "
                                 f"SignedHeaders={names}, Signature={mark}")
        return head
    link = http.client.HTTPSConnection(host, timeout=60, context=ssl.create_default_context())
    path = f"/{bucket}/{key}"
    method = "GET" if verb in ("get", "skewed") else "PUT"
    head = signed(method, path, 3600 if verb == "skewed" else 0)
    if verb == "slow":
        half = b"x" * 500000
        link.putrequest("PUT", path, skip_host=True, skip_accept_encoding=True)
        for name, value in head.items(): link.putheader(name, value)
        link.putheader("content-length", str(2 * len(half)))
        link.endheaders()
        link.send(half)
        print("half", flush=True)
        sys.stdin.readline()
        link.send(half)
    elif verb == "put":
        link.request("PUT", path, body=sys.stdin.buffer.read(), headers=head)
    else:
        link.request("GET", path, headers=head)
    answer = link.getresponse()
    body = answer.read()
    print(answer.status, flush=True)
    sys.stdout.buffer.write(body)
    """#
}
