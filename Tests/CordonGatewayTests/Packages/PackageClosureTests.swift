import Foundation
import Testing

@testable import CordonGateway

@Suite struct `The dependency closure` {
  @Test(
    arguments: [
      ("numpy", [], [], "numpy>=1.26.0"), ("numpy", [], [], " numpy (>=1.26) ; python_version < '3.12'"),
      ("uvicorn", ["standard"], [], "uvicorn[standard]>=0.2"),
      ("pytest", [], ["test"], "pytest; extra == 'test'"),
      ("a-b", ["x", "y-z"], ["dev"], "A_B [x, Y.z] ; python_version > '3' and extra == \"Dev\""),
      ("a", [], ["b"], "a; (python_version < '3.8' or sys_platform == 'win32') and extra == 'b'"),
      ("a", [], [], "a; python_version < '3.8' or extra == 'b'"),
      ("a", [], ["b", "c"], "a; extra == 'b' or 'c' == extra"),
      ("a", [], [], "a; extra != 'b'"), ("a", [], [], "a; extra == 'b"), ("a", [], [], "a; (extra == 'b'"),
      ("a", [], [], "a; 'x' not in platform_version"), ("a", [], [], "a @ https://files.test/a.whl ; ("),
    ] as [(String, Set<String>, Set<String>, String)])
  func `a requirement names a project, extras and the extras it belongs to`(
    name: String, extras: Set<String>, only: Set<String>, line: String
  ) throws {
    let requirement = try #require(Requirement(line))
    #expect(requirement.name.text == name)
    #expect(requirement.extras == extras)
    #expect(requirement.onlyForExtras == only)
  }

  @Test(arguments: ["", ";", "[x]", "-a", "==1", String(repeating: "a", count: 5_000), "\u{0}"])
  func `what names no project is no requirement`(line: String) {
    #expect(Requirement(line) == nil)
  }

  @Test func `hostile markers end`() {
    let nested = String(repeating: "(", count: 2_000) + "extra == 'a'"
    #expect(Requirement("a; \(nested)")?.onlyForExtras == [])
    var generator = SeededGenerator(seed: 11)
    let pieces = [
      "(", ")", " and ", " or ", "extra", " == ", "'a'", "\"", " in ", "not ", "python_version", "<",
    ]
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...20, using: &generator)
      let marker = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      _ = Requirement("a; " + marker)
    }
  }

  static func requirements(_ lines: [String]) -> [Requirement] { lines.compactMap { Requirement($0) } }

  static func closure(_ listed: [String], _ wheels: KeyValuePairs<String, [String]>) throws -> PackageClosure
  {
    var closure = PackageClosure(listed: listed)
    for (name, lines) in wheels { _ = closure.add(requirements(lines), of: try #require(PackageName(name))) }
    return closure
  }

  @Test func `it grows by what always applies and by the extras that are asked for`() throws {
    var closure = PackageClosure(listed: ["app[fast]"])
    let app = try #require(PackageName("app"))
    let found = Self.requirements(["base>1", "quick; extra == 'fast'", "doc; extra == 'docs'"])
    let grew = closure.add(found, of: app)
    #expect(grew)
    #expect(closure.requiredBy == ["base": ["app"], "quick": ["app"]])
    let grewAgain = closure.add(found, of: app)
    #expect(!grewAgain)
  }

  @Test func `an extra that is asked for late opens what it needs`() throws {
    let closure = try Self.closure(
      ["app", "late"], ["app": ["web"], "web": ["core", "loop; extra == 'all'"], "late": ["web[all]"]])
    #expect(Set(closure.requiredBy.keys) == ["web", "core", "loop"])
  }

  @Test func `an extra of a package may ask for its other extras`() throws {
    let closure = try Self.closure(
      ["app[all]"], ["app": ["app[fast]; extra == 'all'", "quick; extra == 'fast'"]])
    #expect(closure.requiredBy == ["quick": ["app"]])
  }

  @Test func `a name that is no longer listed takes along what only it needed`() throws {
    let before = try Self.closure(
      ["app", "other"], ["app": ["base", "both"], "other": ["both"], "base": ["deep"]])
    #expect(Set(before.requiredBy.keys) == ["base", "both", "deep"])
    let after = PackageClosure(listed: ["other"], knowing: before.requirements)
    #expect(after.requiredBy == ["both": ["other"]])
  }

  @Test func `a wheel cannot open more names than the bound`() throws {
    let many = (0..<1_500).map { "n\($0)" }
    let closure = try Self.closure(["app", "other"], ["app": many, "other": many.map { "m" + $0 }])
    #expect(closure.requiredBy.count <= PackageClosure.mostNames)
    #expect(closure.requiredBy.count > 1_500)
  }

  @Test(arguments: ["\n", "\r\n"])
  func `metadata is read to the end of its header`(newline: String) {
    let lines = [
      "Name: app", "License: a", "        ", "        b", "requires-dist: base", "", "Requires-Dist: body",
    ]
    let found = WheelMetadata.requirements(in: Array(lines.joined(separator: newline).utf8))
    #expect(found.map(\.name.text) == ["base"])
  }

  @Test func `the metadata of a real wheel is found in its archive`() async throws {
    let folder = try TemporaryFolder()
    let wheel = try await WheelMaker.packed(
      "demo", version: "1.0", requires: ["numpy>=1", "six"], in: folder.path)
    let bytes = Array(try Data(contentsOf: URL(filePath: wheel)))
    let found = WheelMetadata.requirements(in: try Self.archive(bytes).metadata())
    #expect(found.map(\.name.text) == ["numpy", "six"])
  }

  static func archive(_ bytes: [UInt8]) -> WheelArchive {
    WheelArchive(size: bytes.count) { offset, count in
      let start = min(offset, bytes.count)
      return Array(bytes[start..<min(start + count, bytes.count)])
    }
  }

  @Test func `a damaged archive is refused and never crashes`() async throws {
    let folder = try TemporaryFolder()
    let wheel = try await WheelMaker.packed("demo", version: "1.0", requires: ["six"], in: folder.path)
    let whole = Array(try Data(contentsOf: URL(filePath: wheel)))
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<1_000 {
      var bytes = whole
      for _ in 0..<4 {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &generator))
      _ = try? Self.archive(bytes).metadata()
    }
  }
}
