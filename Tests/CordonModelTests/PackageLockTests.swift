import CordonModel
import Testing

@Suite struct `The package lock` {
  static let a = String(repeating: "a", count: 64)
  static let b = String(repeating: "b", count: 64)

  static let lock = PackageLock(packages: [
    PackageLock.Package(
      name: "pandas", version: "2.2.2", uploaded: "2024-04-10T19:44:10Z", requiredBy: [],
      files: [PackageLock.File(sha256: a, filename: "pandas-2.2.2-cp311-cp311-manylinux_2_17_x86_64.whl")]),
    PackageLock.Package(
      name: "numpy", version: "1!2.1.0+cpu", uploaded: "", requiredBy: ["scikit-learn", "pandas"],
      files: [
        PackageLock.File(sha256: b, filename: "numpy-2.1.0.tar.gz"),
        PackageLock.File(sha256: a, filename: "numpy-2.1.0-py3-none-any.whl"),
      ]),
  ])

  @Test func `it is written sorted, one file a line`() {
    #expect(
      Self.lock.text == """
        # Written by `cordon packages lock`. Review the difference, then commit it.

        numpy 1!2.1.0+cpu uploaded - required-by pandas scikit-learn
          sha256:\(Self.a) numpy-2.1.0-py3-none-any.whl
          sha256:\(Self.b) numpy-2.1.0.tar.gz

        pandas 2.2.2 uploaded 2024-04-10T19:44:10Z
          sha256:\(Self.a) pandas-2.2.2-cp311-cp311-manylinux_2_17_x86_64.whl

        """)
  }

  @Test func `what is written reads back as the same lock`() throws {
    let read = try PackageLock(text: Self.lock.text)
    #expect(read.packages.map(\.name) == ["numpy", "pandas"])
    #expect(read.packages[0].requiredBy == ["pandas", "scikit-learn"])
    #expect(read.text == Self.lock.text)
    #expect(try PackageLock(text: "# nothing\n\n").packages.isEmpty)
  }

  @Test(arguments: [
    (1, "numpy 2.1.0 uploaded"), (1, "numpy 2.1.0 2024-04-10T19:44:10Z"),
    (1, "numpy 2.1.0 uploaded - required-by"),
    (1, "NumPy 2.1.0 uploaded -"), (1, "num--py 2.1.0 uploaded -"), (1, "nümpy 2.1.0 uploaded -"),
    (1, "numpy 2.1.0/.. uploaded -"), (1, "numpy 2.1.0 uploaded yesterday"),
    (1, "numpy 2.1.0 uploaded - needed-by a"),
    (1, "numpy 2.1.0 uploaded - required-by A"), (2, "numpy 2.1.0 uploaded -\nnumpy 2.1.0 uploaded -"),
    (1, "  sha256:\(a) numpy-2.1.0.tar.gz"), (2, "numpy 2.1.0 uploaded -\n  sha256:\(a)"),
    (2, "numpy 2.1.0 uploaded -\n  sha256:abc numpy-2.1.0.tar.gz"),
    (2, "numpy 2.1.0 uploaded -\n  md5:\(a) a.whl"),
    (2, "numpy 2.1.0 uploaded -\n  sha256:\(a) ../numpy-2.1.0.tar.gz"),
    (2, "numpy 2.1.0 uploaded -\n  sha256:\(String(repeating: "ａ", count: 21))a numpy-2.1.0.tar.gz"),
    (3, "numpy 2.1.0 uploaded -\n  sha256:\(a) a-1.zip\n  sha256:\(b) a-1.zip"),
    (1, "numpy\t2.1.0 uploaded - -"),
  ])
  func `a mistake names its line`(line: Int, text: String) {
    #expect {
      try PackageLock(text: text)
    } throws: { error in
      (error as? PackageLock.Mistake)?.line == line && "\(error)".contains("cordon packages lock")
    }
  }
}

@Suite struct `The report a lock is made of` {
  static func report(_ packages: String) -> String { "{\"packages\":[\(packages)]}" }

  static func package(
    _ name: String, version: String = "1.0", requires: String = "", hash: String = `The package lock`.a,
    time: String = "2024-04-10T19:44:10Z"
  ) -> String {
    """
    {"name":"\(name)","version":"\(version)","requires":[\(requires)],\
    "files":[{"filename":"\(name)-1.0.zip","sha256":"\(hash)","uploadTime":"\(time)"}]}
    """
  }

  @Test func `it becomes a lock with who needs whom`() throws {
    let json = Self.report(
      [
        Self.package("pandas", requires: "\"numpy\",\"pandas\""),
        Self.package("scipy", requires: "\"numpy\""),
        Self.package("numpy"),
      ].joined(separator: ","))
    let lock = try PackageLockReport(json: json).lock
    #expect(lock.packages.map(\.name) == ["numpy", "pandas", "scipy"])
    #expect(lock.packages.map(\.requiredBy) == [["pandas", "scipy"], [], []])
    #expect(lock.packages[0].uploaded == "2024-04-10T19:44:10Z")
    #expect(try PackageLock(text: lock.text) == lock)
  }

  @Test func `the youngest file says the age, and one of unknown age leaves it unknown`() throws {
    func uploaded(_ times: [String]) throws -> String? {
      let files = times.enumerated().map {
        "{\"filename\":\"a-1-\($0).zip\",\"sha256\":\"\(`The package lock`.a)\",\"uploadTime\":\"\($1)\"}"
      }
      let json =
        "{\"name\":\"a\",\"version\":\"1\",\"requires\":[],\"files\":[\(files.joined(separator: ","))]}"
      return try PackageLockReport(json: Self.report(json)).lock.packages.first?.uploaded
    }
    #expect(try uploaded(["2024-01-01T00:00:00Z", "2025-01-01T00:00:00.5Z"]) == "2025-01-01T00:00:00.5Z")
    #expect(try uploaded(["2024-01-01T00:00:00Z", ""]) == "")
  }

  @Test(arguments: [
    "", "[]", "{}", "{\"packages\":[]}", "{\"packages\":{}}", report("{}"), report(package("Pandas")),
    report(package("a\\nb")), report(package("a", version: "1 2")), report(package("a", version: "")),
    report(package("a", requires: "1")), report(package("a", requires: "\"B\"")),
    report(package("a", hash: "ff")),
    report(package("a") + "," + package("a")),
    report("{\"name\":\"a\",\"version\":\"1\",\"requires\":[],\"files\":[]}"),
    report("{\"name\":\"a\",\"version\":\"1\",\"files\":[{}]}"), report(package("a")) + "x",
  ])
  func `a report that is not exactly one is refused`(json: String) {
    #expect(throws: PackageLockReport.Mistake.self) { try PackageLockReport(json: json) }
  }

  @Test func `the script is one argument of a command, and the names follow it`() {
    let command = PackageLockScript.command(listed: ["pandas", "boto3"])
    #expect(command.prefix(3) == ["python3", "-I", "-c"])
    #expect(command.suffix(2) == ["pandas", "boto3"])
    #expect(command.count == 6)
  }
}

@Suite struct `The difference between two locks` {
  private func package(_ name: String, _ version: String, _ hash: Character = "a", needs: [String] = [])
    -> PackageLock.Package
  {
    PackageLock.Package(
      name: name, version: version, uploaded: "2024-01-01T00:00:00Z", requiredBy: needs,
      files: [
        PackageLock.File(sha256: String(repeating: hash, count: 64), filename: "\(name)-\(version).whl")
      ])
  }

  @Test func `says what is new, gone, of another version, or the same version with another file`() {
    let before = PackageLock(packages: [
      package("a", "1"), package("b", "1"), package("c", "1"), package("d", "1"),
    ])
    let after = PackageLock(packages: [
      package("a", "1"), package("b", "2"), package("c", "1", "b"), package("e", "1", needs: ["a", "b"]),
    ])
    let difference = PackageLockDifference(from: before, to: after)
    #expect(
      difference.lines == [
        "~ b 1 -> 2, uploaded 2024-01-01T00:00:00Z", "! c 1: same version, other files; REPLACED: c-1.whl",
        "- d 1",
        "+ e 1, uploaded 2024-01-01T00:00:00Z, required by a b",
      ])
    #expect(PackageLockDifference(from: after, to: after).isEmpty)
    #expect(PackageLockDifference(from: nil, to: after).added.count == 4)
  }
}
