import CordonIdentity
import CordonModel

extension PortalSite {
  func recordingsPage(_ visit: Visit) async throws -> WebAnswer {
    guard let recordings = desks.recordings else { throw WebFault.notFound }
    let answer = try await recordings.recordings(for: visit.session.principal, most: RecordingsPage.limit)
    let page = RecordingsPage(frame: frame, viewer: visit.viewer, answer: answer)
    if case .denied = answer { return .page(page.html, status: 403) }
    return .page(page.html)
  }

  /// A recording that this person may watch; every other is not found, as one that never was.
  private func recording(_ text: String, of visit: Visit) async throws -> PortalRecording {
    guard let id = SessionID(text),
      let recording = try await desks.recordings?.recording(id, for: visit.session.principal)
    else { throw WebFault.notFound }
    return recording
  }

  func replayPage(_ text: String, _ visit: Visit) async throws -> WebAnswer {
    let recording = try await recording(text, of: visit)
    return .page(
      ReplayPage(frame: frame, viewer: visit.viewer, recording: recording).html, kind: .stream)
  }

  func replayTicket(for text: String, _ visit: Visit) async throws -> WebAnswer {
    let recording = try await recording(text, of: visit)
    return Self.answer(ticket: replayTickets.issue(for: recording.session, to: visit.token))
  }

  /// Opens the stream of pictures: it is judged and recorded here, once more and durably, before the first of them.
  func replay(
    _ text: String, _ request: WebRequest, _ visit: Visit, from address: IPAddress
  ) async throws -> WebAnswer {
    guard let offer = request.socket, let id = SessionID(text),
      replayTickets.redeem(offer.ticket, for: id, of: visit.token),
      case .open(let reel) = try await desks.recordings?.watch(id, as: visit.session.principal)
    else { throw WebFault.notFound }
    return opened(ReplayPlayer(reel), for: offer, visit, from: address)
  }
}
