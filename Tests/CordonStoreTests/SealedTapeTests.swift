import Foundation
import Testing

@testable import CordonStore

@Suite struct `A sealed tape` {
  private let name = [UInt8](repeating: 7, count: 16)
  private let secret = Array("what a session showed".utf8)

  private func read(_ path: String, _ key: TapeKey) throws -> (entries: [TapeReader.Entry], isWhole: Bool) {
    var reader = try TapeReader(opening: path, key: key)
    var entries: [TapeReader.Entry] = []
    while let entry = try reader.next() { entries.append(entry) }
    return (entries, reader.isWhole)
  }

  private func write(_ path: String, _ key: TapeKey, entries: Int, finishes: Bool = true) throws {
    var writer = try TapeWriter(creating: path, key: key)
    for number in 0..<entries {
      try writer.append(secret + [UInt8(truncatingIfNeeded: number)], after: UInt64(number))
      if number % 3 == 2 { try writer.flush() }
    }
    if finishes { try writer.finish() } else { try writer.flush() }
  }

  @Test func `gives back what went in, in its order, and shows none of it`() async throws {
    let fixture = try await StoreFixture()
    let key = try await fixture.store.tapeKey(of: name, in: "churn")
    let path = fixture.temporary.path + "/a.tape"
    try write(path, key, entries: 10)
    let found = try read(path, key)
    #expect(found.isWhole && found.entries.map(\.after) == Array(0..<10))
    #expect(found.entries.allSatisfy { $0.bytes.starts(with: secret) })
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    #expect(bytes.firstRange(of: secret) == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(throws: (any Error).self) { _ = try TapeWriter(creating: path, key: key).size }
  }

  @Test func `a large entry crosses segments, and an empty tape has an end`() async throws {
    let fixture = try await StoreFixture()
    let key = try await fixture.store.tapeKey(of: name, in: "churn")
    let large = [UInt8](repeating: 9, count: 3 << 20)
    var writer = try TapeWriter(creating: fixture.temporary.path + "/a.tape", key: key)
    try writer.append(large, after: 1)
    try writer.append([], after: 2)
    try writer.finish()
    let found = try read(fixture.temporary.path + "/a.tape", key)
    #expect(found.isWhole && found.entries == [.init(after: 1, bytes: large), .init(after: 2, bytes: [])])
    try write(fixture.temporary.path + "/b.tape", key, entries: 0)
    let empty = try read(fixture.temporary.path + "/b.tape", key)
    #expect(empty.isWhole && empty.entries.isEmpty)
  }

  @Test func `opens with the key of its own name and project only, also after that has a new one`()
    async throws
  {
    let fixture = try await StoreFixture()
    let store = fixture.store
    let key = try await store.tapeKey(of: name, in: "churn")
    let path = fixture.temporary.path + "/a.tape"
    try write(path, key, entries: 3)
    let facts = try #require(try TapeReader.facts(of: path))
    #expect(facts.tape == name && facts.number == key.number)
    let again = try await store.tapeKey(of: name, in: "churn", number: facts.number)
    #expect(try read(path, again).entries.count == 3)
    let others = [
      try await store.tapeKey(of: [UInt8](repeating: 8, count: 16), in: "churn"),
      try await store.tapeKey(of: name, in: "fraud"),
      TapeKey(tape: name, number: key.number, bytes: [UInt8](repeating: 0, count: 32)),
    ]
    for other in others { #expect(throws: (any Error).self) { try read(path, other) } }
    // A number of another project's key gives no key.
    let foreign = others[1].number
    await #expect(throws: StoreError.self) { try await store.tapeKey(of: name, in: "churn", number: foreign) }
    await #expect(throws: StoreError.self) { try await store.tapeKey(of: [1], in: "churn") }
  }

  @Test func `one that was cut off gives what stands, and says that its end is missing`() async throws {
    let fixture = try await StoreFixture()
    let key = try await fixture.store.tapeKey(of: name, in: "churn")
    let path = fixture.temporary.path + "/a.tape"
    try write(path, key, entries: 9, finishes: false)
    let crashed = try read(path, key)
    #expect(!crashed.isWhole && crashed.entries.count == 9)
    let bytes = try Data(contentsOf: URL(filePath: path))
    let cut = fixture.temporary.path + "/b.tape"
    for length in stride(from: 40, to: bytes.count, by: 7) {
      try bytes.prefix(length).write(to: URL(filePath: cut))
      let found = try read(cut, key)
      #expect(!found.isWhole && found.entries.count < 9)
    }
  }

  @Test func `one that was changed anywhere does not open there`() async throws {
    let fixture = try await StoreFixture()
    let key = try await fixture.store.tapeKey(of: name, in: "churn")
    let path = fixture.temporary.path + "/a.tape"
    try write(path, key, entries: 6)
    let bytes = try Data(contentsOf: URL(filePath: path))
    let changed = fixture.temporary.path + "/b.tape"
    for place in 0..<bytes.count {
      var other = bytes
      other[place] ^= 1
      try other.write(to: URL(filePath: changed))
      // A length that was changed may look like a cut; it never looks whole.
      if let found = try? read(changed, key) { #expect(!found.isWhole, "byte \(place)") }
    }
    // Two segments exchanged.
    let half = (bytes.count - 40) / 2
    let swapped = bytes.prefix(40) + bytes.suffix(from: 40 + half) + bytes[40..<(40 + half)]
    try Data(swapped).write(to: URL(filePath: changed))
    if let found = try? read(changed, key) { #expect(!found.isWhole) }
  }
}
