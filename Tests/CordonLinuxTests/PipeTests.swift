import Testing

@testable import CordonLinux

@Suite struct `A pipe` {
  @Test func `that was widened takes in one go what it would have taken in many`() throws {
    let pipe = try Pipe()
    try pipe.writeEnd.setNonBlocking(true)
    let frame = [UInt8](repeating: 7, count: 500_000)
    #expect(try pipe.writeEnd.write(frame[...]) < 100_000)
    let other = try Pipe()
    try other.writeEnd.setNonBlocking(true)
    #expect(BorrowedDescriptor(other.readEnd.rawValue).widenPipe(to: 1 << 20))
    #expect(try other.writeEnd.write(frame[...]) == frame.count)
  }

  @Test func `stays as it is where the kernel grants no more, and other files too`() throws {
    let pipe = try Pipe()
    #expect(!BorrowedDescriptor(pipe.readEnd.rawValue).widenPipe(to: -1))
    let null = try FileDescriptor(opening: "/dev/null")
    #expect(!BorrowedDescriptor(null.rawValue).widenPipe(to: 1 << 20))
  }
}
