import CordonModel
import CordonPolicy
import Foundation
import Testing

@testable import CordonProof

@Suite struct `A witness` {
  static let engine = RememberedEngine()

  static func open() throws -> [TemplateFile] {
    try TemplateFile.all().filter { $0.expectations.contains { $0.verdict == .open } }
  }

  @Test(arguments: try open())
  func `is a line to run, with who runs it, whose credentials he has, which door and which change`(
    file: TemplateFile
  ) throws {
    let map = CloudProof { Self.engine.answer($0) }.prove(try file.deployment())
    for report in map.routes {
      guard case .open(let witness) = report.finding else { continue }
      let told = "\(file.name) \(report.route): \(witness.command)"
      let walker = try #require(witness.walker, "\(told)")
      #expect(![walker.caller, walker.credentials, walker.door].contains(""), "\(told)")
      #expect(!witness.story.isEmpty && !witness.fix.isEmpty && !witness.resource.isEmpty, "\(told)")
      #expect(witness.location?.file == file.name, "\(told)")
      #expect(Self.isRunnable(witness.command), "\(told)")
      #expect(witness.whole.members?.contains { $0.name == "door" } == true, "\(told)")
    }
  }

  @Test(
    arguments: ServiceMadeCallRoute.actions + ServiceShellRoute.actions + ServiceJobRoute.actions
      + ForeignDeliveryRoute.actions + QueryResultsRoute.starters)
  func `of a power is a line to run`(action: String) throws {
    guard !action.contains("*") else { return }
    let principal = try Principal(parsing: "arn:aws:iam::111122223333:role/worker")
    let resource = "arn:aws:x:eu-west-1:111122223333:kind/name/of it's own"
    let line = CommandLineCall(AccessRequest(principal: principal, action: action, resource: resource)).text()
    #expect(Self.isRunnable(line), "\(line)")
  }

  @Test(arguments: [
    ("put-log-events", "PutLogEvents"), ("create-auto-ml-job", "CreateAutoMLJob"),
    ("create-auto-ml-job-v2", "CreateAutoMLJobV2"), ("get-url", "GetURL"),
  ])
  func `spells an operation as the command line does`(command: String, operation: String) {
    #expect(CommandLineCall.kebab(operation) == command)
  }

  /// Whether a shell takes the line as it is, and nothing in it is left for the reader to fill in.
  static func isRunnable(_ line: String) -> Bool {
    var words = line.split(separator: " ").map(String.init)
    while let first = words.first, first.hasPrefix("AWS_PROFILE=") { words.removeFirst() }
    let tools = ["aws", "curl", "dig", "docker", "pip", "sleep", "xclip", "xdg-open"]
    guard let tool = words.first, tools.contains(tool), words.count > 1 else { return false }
    guard !line.contains("…"), !line.contains(" # "), !line.contains("\n") else { return false }
    for name in ["{arn", "{name", "{bucket", "{key", "{role", "{account", "{region", "{owner", "{everyone"]
    where line.contains(name) { return false }
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-n", "-c", line]
    shell.standardError = FileHandle.nullDevice
    do { try shell.run() } catch { return false }
    shell.waitUntilExit()
    return shell.terminationStatus == 0
  }
}
