import CordonWire
import Testing

@Suite struct `The debugging pipe` {
  @Test(arguments: [
    ([], [""], false),
    (["a"], ["a\0"], true),
    (["a", "b"], ["a\0b\0"], true),
    (["ab", ""], ["a", "b\0", "\0"], true),
    (["x"], ["x\0y"], false),
  ])
  func `is cut at each NUL, however its bytes come`(messages: [String], reads: [String], idle: Bool) throws {
    var framer = DevToolsFramer()
    var found: [String] = []
    for read in reads {
      found += try framer.messages(in: Array(read.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(found == messages)
    #expect(framer.isIdle == (idle || reads == [""]))
  }

  @Test func `holds no more than one message, and refuses for ever after a longer one`() throws {
    var framer = DevToolsFramer(limit: 4)
    #expect(try framer.messages(in: Array("1234\0".utf8)).count == 1)
    #expect(throws: DevToolsFramer.Failure.tooLong(limit: 4)) { try framer.messages(in: Array("12345".utf8)) }
    #expect(throws: DevToolsFramer.Failure.tooLong(limit: 4)) { try framer.messages(in: Array("\0".utf8)) }
  }
}
