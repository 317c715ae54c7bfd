import CordonModel
import Testing

@testable import CordonSpec

@Suite struct `A workspace's notebook` {
  private func mistake(_ notebook: String) -> String? {
    Samples.mistakes("projects:\n  - name: churn\n    workspaces: [{ notebook: \(notebook) }]\n").first?
      .description
  }

  @Test func `is there only where it is written`() throws {
    let environment = try Samples.environment(
      "projects: [{ name: churn, workspaces: [{ size: small }, { notebook: off }, { notebook: true }, { notebook: {} }] }]\n"
    )
    #expect(
      environment.workspaces.map(\.workspace.notebook) == [nil, nil, NotebookRules(), NotebookRules()])
  }

  @Test(arguments: [
    "../x", "/etc/passwd", ".bashrc", "a/.ssh/*", "a//b", "--idle", "", "a\\nb",
    String(repeating: "x", count: 201),
  ])
  func `keeps nothing outside the home and nothing hidden`(pattern: String) throws {
    let said = try #require(mistake("{ keep: [\"\(pattern)\"] }"))
    #expect(said.hasPrefix("cordon.yaml:7:39: "))
    #expect(said.contains("is not a pattern of files: write one like '*.py'"))
  }

  @Test(arguments: [
    ("yes", "cordon.yaml:7:30: 'notebook' expects on or off, found text"),
    ("{ idle: 5s }", "cordon.yaml:7:38: '5s' is not a duration: write 60 seconds or more"),
    ("{ keeps: [] }", "cordon.yaml:7:32: unknown key 'keeps'; did you mean 'keep'?"),
    ("{ keep: '*.py' }", "cordon.yaml:7:38: 'keep' expects list, found text"),
  ])
  func `says at which place it is wrong`(notebook: String, words: String) throws {
    #expect(try #require(mistake(notebook)).hasPrefix(words))
  }
}
