import CordonSpec
import FoundationEssentials
import Testing

/// One file under `Tests/Vectors/spec`: what is expected, then an environment file.
struct SpecVector: CustomTestStringConvertible {
  var name: String
  var isAccepted: Bool
  /// The findings of an accepted file, the mistakes of a refused one.
  var lines: [String]
  var text: String
  var testDescription: String { name }

  init(_ file: URL) throws {
    name = file.lastPathComponent
    text = try Repository.text(file)
    let written = text.split(separator: "\n", omittingEmptySubsequences: false)
    isAccepted = written.first == "# expect: ok"
    lines = written.dropFirst().prefix { $0.hasPrefix("# > ") }.map { String($0.dropFirst(4)) }
    try #require(isAccepted || written.first == "# expect: refused", "\(name) begins without 'expect:'")
  }

  static let all: [SpecVector] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: Repository.vectors.path)
    return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
      do {
        return try SpecVector(Repository.vectors.appending(path: name))
      } catch {
        Issue.record(error, "\(name)")
        return nil
      }
    }
  }()
}

@Suite struct `Environment files as people write them` {
  @Test(arguments: SpecVector.all)
  func `a file is accepted with its routes, or refused with every mistake in its place`(vector: SpecVector) {
    let folder = SpecFolder.onDisk(Repository.vectors.appending(path: "files").path)
    do {
      let specification = try Specification(vector.text, file: "cordon.yaml", folder: folder)
      #expect(vector.isAccepted, "accepted")
      #expect(specification.findings.map(\.description) == vector.lines)
    } catch {
      #expect(!vector.isAccepted, "refused: \(error)")
      #expect(error.errors.map(\.description) == vector.lines)
    }
  }

  @Test func `the vectors are there`() {
    #expect(SpecVector.all.count >= 50)
    #expect(SpecVector.all.contains { $0.isAccepted })
  }
}
