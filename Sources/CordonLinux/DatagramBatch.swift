import CLinux
import Glibc

/// Receives up to 64 datagrams with one system call and answers each with another.
///
/// The buffers are made once. One batch belongs to one loop: it is not `Sendable`.
public final class DatagramBatch {
  /// The largest datagram; a longer one is dropped, never cut.
  public let datagramSize: Int
  private var received: [UInt8]
  private var replies: [UInt8]
  private var slots: [cordon_datagram]
  private var pending = 0

  /// Room for 64 datagrams of `datagramSize` bytes, and as many replies.
  public init(datagramSize: Int = 4096) {
    self.datagramSize = max(1, datagramSize)
    let capacity = Int(CORDON_BATCH)
    received = [UInt8](repeating: 0, count: capacity * self.datagramSize)
    replies = received
    slots = [cordon_datagram](repeating: cordon_datagram(), count: capacity)
  }

  /// Waits up to `milliseconds` for datagrams, answers them, and says how many came.
  ///
  /// `answer` gets the bytes of one datagram and returns its reply; nil drops it. The peer is whoever sent it.
  ///
  /// - Returns: 0 when the time was up.
  public func serve(
    _ descriptor: CInt, milliseconds: Int32 = -1, answer: (RawSpan) -> [UInt8]?
  ) throws(SystemError) -> Int {
    guard try Poll.wait(for: [(descriptor, POLLIN)], milliseconds: milliseconds)[0] != 0 else { return 0 }
    let count = try receive(descriptor)
    for index in 0..<count { reply(at: index, with: answer) }
    try send(descriptor, count)
    return count
  }

  private func receive(_ descriptor: CInt) throws(SystemError) -> Int {
    // SAFETY: `received` holds CORDON_BATCH datagrams of `datagramSize` bytes, and so many slots exist.
    let count = unsafe cordon_receive_batch(
      descriptor, &received, datagramSize, &slots, UInt32(CORDON_BATCH))
    if count >= 0 { return Int(count) }
    // An ICMP error of an earlier reply, or another reader was faster: nothing to answer, nothing broken.
    if [EAGAIN, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(errno) { return 0 }
    throw .last("recvmmsg")
  }

  private func reply(at index: Int, with answer: (RawSpan) -> [UInt8]?) {
    let length = Int(slots[index].length)
    slots[index].length = 0
    guard length > 0 else { return }
    let start = index * datagramSize
    let datagrams = received
    let part = datagrams.span.extracting(start..<start + length)
    // SAFETY: bytes may be read as bytes; the span checks its bounds.
    guard let reply = answer(unsafe part.bytes), !reply.isEmpty, reply.count <= datagramSize else { return }
    replies.replaceSubrange(start..<start + reply.count, with: reply)
    slots[index].length = UInt32(reply.count)
  }

  private func send(_ descriptor: CInt, _ count: Int) throws(SystemError) {
    // SAFETY: as in `receive`; a slot with length 0 is skipped.
    try check(
      unsafe cordon_send_batch(descriptor, replies, datagramSize, slots, UInt32(count)), "sendmmsg")
  }
}
