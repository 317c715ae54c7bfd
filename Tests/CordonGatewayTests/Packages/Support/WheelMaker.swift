import Foundation
import Testing

@testable import CordonGateway

/// A folder that is gone when its owner is.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "cordon-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Makes small wheels that pip installs.
enum WheelMaker {
  /// A wheel without compression; the answer is its path.
  static func make(_ name: String, version: String, requires: [String], in folder: String) throws -> String {
    let info = "\(name)-\(version).dist-info"
    let lines = requires.map { "Requires-Dist: \($0)\n" }.joined()
    let members = [
      ("\(name).py", "version = '\(version)'\n"),
      ("\(info)/METADATA", "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n\(lines)\n"),
      ("\(info)/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
      ("\(info)/RECORD", ["\(name).py", "METADATA", "WHEEL", "RECORD"].map { "\($0),,\n" }.joined()),
    ]
    let path = "\(folder)/\(name)-\(version)-py3-none-any.whl"
    try Data(StoredArchive.bytes(members)).write(to: URL(filePath: path))
    return path
  }

  private static let packing = """
    import sys, zipfile
    with zipfile.ZipFile(sys.argv[1]) as stored:
        members = [(name, stored.read(name)) for name in stored.namelist()]
    with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in members:
            wheel.writestr(name, content)
    """

  /// A wheel as Python's own zip writer packs it.
  static func packed(
    _ name: String, version: String, requires: [String], in folder: String
  ) async throws -> String {
    let path = try make(name, version: version, requires: requires, in: folder)
    let run = try await ClientRun.run(["/usr/bin/python3", "-c", packing, path])
    try #require(run.status == 0, "python3 is missing; run: make setup")
    return path
  }
}

/// A zip archive whose members are stored (APPNOTE.TXT 4.3).
private enum StoredArchive {
  static func bytes(_ members: [(name: String, text: String)]) -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let (name, content) = (Array(member.name.utf8), Array(member.text.utf8))
      let size = little(content.count, 4)
      // Version 2.0, no flags, stored, 1980-01-01.
      let start = little(20, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
      let facts = start + little(Int(checksum(content)), 4) + size + size + little(name.count, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + facts + little(0, 2) + little(0, 2) + little(0, 2)
      directory += little(0, 2) + little(0, 4) + little(body.count, 4) + name
      body += little(0x0403_4B50, 4) + facts + little(0, 2) + name + content
    }
    let count = little(members.count, 2)
    let end = little(0x0605_4B50, 4) + little(0, 2) + little(0, 2) + count + count
    return body + directory + end + little(directory.count, 4) + little(body.count, 4) + little(0, 2)
  }

  /// CRC-32 as zip has it.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF as UInt32) { value, byte in
      (0..<8).reduce(value ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
    }
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
