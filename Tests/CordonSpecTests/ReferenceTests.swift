import CordonModel
import CordonSpec
import FoundationEssentials
import Testing

@Suite struct `The spec reference` {
  @Test(arguments: Specification.acceptedKeys)
  func `a key that the parser accepts has its row`(key: String) throws {
    #expect(
      try Repository.text(Repository.reference).contains("\n| `\(key)` |"), "docs/spec.md lacks `\(key)`")
  }

  @Test func `a row that is not a key is not in it`() throws {
    let known = Set(Specification.acceptedKeys)
    let rows = try Repository.text(Repository.reference).split(separator: "\n").filter { $0.hasPrefix("| `") }
    let listed = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    let values = Set(SandboxMechanism.allCases.map(\.rawValue) + Workspace.Size.allCases.map(\.rawValue))
    #expect(listed.filter { !known.contains($0) && !values.contains($0) } == [])
    #expect(values.subtracting(listed) == [])
  }

  @Test func `its words are the parser's words`() throws {
    let text = try Repository.text(Repository.reference)
    let words =
      Person.Role.allCases.map(\.rawValue) + EndpointKind.allCases.map(\.rawValue)
      + CatalogProduct.allCases.map(\.rawValue) + Monitor.Kind.allCases.map(\.rawValue)
      + NotebookInstance.Size.allCases.map(\.rawValue) + GitService.allCases.map(\.rawValue)
      + Monitor.Interval.allCases.map(\.rawValue) + Monitor.Problem.allCases.map(\.rawValue)
      + RouteFinding.Route.allCases.map(\.rawValue) + AllowedHost.Inspection.allCases.map(\.rawValue)
    for word in words { #expect(text.contains("`\(word)`"), "docs/spec.md lacks `\(word)`") }
  }

  @Test func `its examples are accepted`() throws {
    let blocks = try examples(in: Repository.text(Repository.reference))
    try #require(blocks.count >= 8)
    let files = ["/spec/data/a.csv": "1"].merging(
      ["more", "churn"].map { ("/spec/policies/\($0).json", Self.policy(principal: false)) }
        + [("/spec/policies/s3-endpoint.json", Self.policy(principal: true))], uniquingKeysWith: { $1 })
    for block in blocks {
      let lines = block.hasPrefix("cordon: 1") ? block : Samples.head + Self.completed(block)
      #expect(throws: Never.self, "\(block)") {
        try Specification.every(lines, file: "cordon.yaml", folder: Samples.folder(files))
      }
    }
  }

  private static func policy(principal: Bool) -> String {
    let principal = principal ? #""Principal":"*","# : ""
    return
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny",\#(principal)"Action":"s3:PutObject","Resource":"*"}]}"#
  }

  /// The block with what it refers to, so that it stands alone.
  private static func completed(_ block: String) -> String {
    if block.hasPrefix("workspaces:") { return "projects:\n  - name: churn\n    \(block)" }
    if block.hasPrefix("organization:") { return "" }
    var block = block
    if block.contains("scientist-1"), !block.hasPrefix("people:") {
      block = "people: [{ name: scientist-1, roles: [data-scientist], projects: [churn] }]\n" + block
    }
    guard !block.contains("projects:\n"), block.contains("churn") else { return block }
    return "projects: [{ name: churn, data: [{ bucket: churn-data }] }]\n" + block
  }

  /// The indented blocks that begin with a key of the file.
  private func examples(in text: String) -> [String] {
    var blocks: [[Substring]] = [[]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("    ") {
        blocks[blocks.count - 1].append(line.dropFirst(4))
      } else if line.isEmpty, blocks.last?.isEmpty == false {
        blocks[blocks.count - 1].append(line)
      } else if blocks.last?.isEmpty == false {
        blocks.append([])
      }
    }
    return blocks.filter { $0.first.map { $0.contains(": ") || $0.hasSuffix(":") } ?? false }
      .filter { !($0.first?.hasPrefix("cordon.yaml:") ?? true) }
      .map { $0.joined(separator: "\n") + "\n" }
  }
}

@Suite struct `The example environment` {
  @Test func `it is accepted and opens no route`() throws {
    let specification = try Specification.load(Repository.example.path)
    let environment = specification.environment
    #expect(specification.findings == [])
    #expect(environment.name.text == "breast-cancer")
    #expect(environment.allowedHosts == [])
    #expect(environment.pypi?.allow == ["pandas", "scikit-learn", "matplotlib", "boto3", "joblib"])
    let project = try #require(environment.projects.first)
    #expect(project.name.text == "diagnosis")
    #expect(project.buckets.map(\.name.text) == ["breast-cancer-data", "breast-cancer-store"])
    #expect(project.buckets.map(\.readOnly) == [true, false])
    #expect(environment.workspaces.map(\.workspace.name.text) == ["diagnosis-1"])
    let seed = try #require(project.buckets.first?.seed)
    #expect(FileManager.default.isReadableFile(atPath: seed + "/wdbc.csv"))
  }
}
