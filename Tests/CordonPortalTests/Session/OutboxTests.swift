import CordonWire
import Testing

@testable import CordonPortal

@Suite struct `What waits for a client` {
  @Test func `a flood of one refusal leaves room for refusals of another kind`() async {
    let outbox = Outbox()
    for _ in 0..<50 { outbox.push(.denied(.init(.popup, reason: "not from here"))) }
    outbox.push(.denied(.init(.dialog, reason: "again and again")))
    outbox.close(with: nil)
    var told: [ServerMessage.Deed] = []
    while case .denied(let denial)? = await outbox.next() { told.append(denial.deed) }
    #expect(told == [.popup, .popup, .popup, .popup, .dialog])
  }
}
