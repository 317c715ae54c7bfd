import NIOCore
import NIOHTTP1

/// Answers a browser's absolute-form requests: from its own notebook, or, for any other host, as the proxy does.
///
/// What goes to the notebook is what the browser sent. The gateway adds nothing of its own: no role's credentials, no
/// token, no name.
struct NotebookResponder: Responder {
  let access: NotebookAccess
  let eventLoop: any EventLoop
  /// For every host but the notebook.
  let elsewhere: PlainProxyResponder

  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    guard let target = RequestRules.target(request.header("host")?.lowercased() ?? ""),
      NotebookAccess.isMeant(by: target)
    else { return try await elsewhere.respond(to: request, body: body) }
    do {
      try await access.admit("Request", requestID: request.requestID, details: ["method": request.method])
      if NotebookDownload.isAsked(path: request.path, query: request.query) {
        try await access.admitDownload("address", requestID: request.requestID)
      }
    } catch let refusal as Refusal {
      // Recorded already, as the decision that it is.
      return .refusing(refusal, requestID: request.requestID)
    }
    if access.door.isReached(by: request) { return .text(200, "The browser's way is in force.\n") }
    return try await answer(request, body)
  }

  private func answer(_ request: GatewayRequest, _ body: RequestBody) async throws -> GatewayResponse {
    let limits = access.limits
    let channel = try await access.connect(reading: HTTPClientResponsePart.self, on: eventLoop) { channel in
      try HTTPPipeline.addClient(to: channel, limits: limits)
    }
    let exchange = OutsideExchange(on: channel, limits: limits, volume: TunnelVolume())
    let response = try await exchange.exchange(request.outsideHead, body: body)
    guard NotebookDownload.isOffered(response.headers) else { return response }
    do {
      try await access.admitDownload("disposition", requestID: request.requestID)
    } catch let refusal as Refusal {
      return .refusing(refusal, requestID: request.requestID)
    }
    return response
  }
}
