import CordonLinux
import Testing

@Suite struct `A seccomp filter` {
  @Test func `is assembled to the bytes that the kernel reads`() throws {
    var filter = SeccompFilter()
    filter.load(.number)
    filter.jump(if: .equals(59), to: "denied")
    filter.load(.argument(1))
    filter.mask(0xF)
    filter.jump(if: .atLeast(2), to: "denied")
    filter.jump(if: .anyBit(0x7E02_0000), to: "end")
    filter.return(.allow)
    filter.label("denied")
    filter.return(.fail(1))
    filter.label("end")
    filter.return(.killProcess)
    #expect(
      try filter.assembled() == [
        0x20, 0, 0, 0, 0, 0, 0, 0,  // load the number
        0x15, 0, 5, 0, 59, 0, 0, 0,  // equal: over 5 instructions
        0x20, 0, 0, 0, 24, 0, 0, 0,  // load the low half of argument 1
        0x54, 0, 0, 0, 0xF, 0, 0, 0,  // and
        0x35, 0, 2, 0, 2, 0, 0, 0,  // at least
        0x45, 0, 2, 0, 0, 0, 2, 0x7E,  // any bit
        6, 0, 0, 0, 0, 0, 0xFF, 0x7F,  // allow
        6, 0, 0, 0, 1, 0, 5, 0,  // EPERM
        6, 0, 0, 0, 0, 0, 0, 0x80,  // kill
      ])
  }

  @Test func `with a mistake is refused, not bent`() {
    var lost = SeccompFilter()
    lost.jump(if: .equals(1), to: "nowhere")
    #expect(throws: SeccompError.unknownLabel("nowhere")) { try lost.assembled() }
    var far = SeccompFilter()
    far.jump(if: .equals(1), to: "end")
    for _ in 0..<256 { far.return(.allow) }
    far.label("end")
    #expect(throws: SeccompError.jumpTooFar("end")) { try far.assembled() }
    var back = SeccompFilter()
    back.label("start")
    back.jump(if: .equals(1), to: "start")
    #expect(throws: SeccompError.jumpTooFar("start")) { try back.assembled() }
    #expect(throws: SeccompError.unknownSystemCall("nosuchcall")) {
      try SeccompFilter.number(of: "nosuchcall")
    }
  }

  @Test(arguments: [
    ("mount", 165 as UInt32), ("ptrace", 101), ("io_uring_setup", 425), ("clone3", 435), ("socket", 41),
  ])
  func `knows the numbers of x86_64`(call: String, number: UInt32) throws {
    #expect(try SeccompFilter.number(of: call) == number)
    #expect(SeccompFilter.architecture == 0xC000_003E && SeccompFilter.isAvailable)
  }
}
