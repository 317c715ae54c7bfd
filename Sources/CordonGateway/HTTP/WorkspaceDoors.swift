import CordonModel
import CordonWire

/// Puts the right service behind each socket of one workspace.
struct WorkspaceDoors {
  let gateway: Gateway
  let workspace: Slug
  let project: Slug
  let sockets: [GatewaySocket]
  let allowance: AnswerAllowance
  let questions: QuestionBudget

  private var environment: Environment { gateway.gatekeeper.environment }
  private var limits: ServerLimits { gateway.configuration.limits }
  private var refusals: RefusalLog {
    RefusalLog(
      gatekeeper: gateway.gatekeeper, repeats: gateway.repeats, logger: gateway.configuration.logger)
  }

  private func isOn(_ control: Control) -> Bool { !environment.weakenedForDrill.contains(control) }

  private func source(_ endpoint: EndpointKind) -> SourcePosition {
    SourcePosition(environment: environment.name, project: project, workspace: workspace, endpoint: endpoint)
  }

  /// The answers of the workspace's DNS, over UDP and TCP alike.
  var dns: DNSResponder {
    let servesOutside = sockets.contains { $0.endpoint == .proxy && $0.speech == .tls }
    let forwarding =
      isOn(.dnsAllowlist)
      ? nil
      : ForwardingResolverForDrill(
        configuration: gateway.configuration.resolverConfiguration, group: gateway.group)
    return DNSResponder(
      source: source(.dns),
      firewall: DNSFirewall(environment: environment, servesOutside: servesOutside),
      gatekeeper: gateway.gatekeeper, repeats: gateway.repeats, forwarding: forwarding)
  }

  /// What serves the connections of a stream socket.
  func service(behind socket: GatewaySocket) -> any StreamService {
    switch socket.endpoint {
    case .dns: DNSStreamService(responder: dns, refusals: refusals, budget: questions, limits: limits)
    case .proxy: proxy(isTransparent: socket.speech == .tls)
    // A browser's door is opened with its session, never with a workspace: here it answers nothing.
    case .s3, .sts, .packages, .credentials, .browser: endpoint(socket)
    }
  }

  private func proxy(isTransparent: Bool) -> ProxyService {
    ProxyService(
      policy: ProxyPolicy(source: source(.proxy), gatekeeper: gateway.gatekeeper, repeats: gateway.repeats),
      refusals: refusals, authority: gateway.authority, dialer: gateway.dialer, limits: limits,
      allowance: allowance,
      portWithoutConnect: isTransparent ? 443 : nil, checksServerName: isOn(.sniCheck),
      checksHost: isOn(.hostCheck))
  }

  private func endpoint(_ socket: GatewaySocket) -> EndpointService {
    let names = ServiceNames(region: environment.region)
    let kind = socket.endpoint
    let checksServerName = isOn(.sniCheck)
    return EndpointService(
      source: source(kind), responder: gateway.responders[kind] ?? NotServed(), refusals: refusals,
      limits: limits, allowance: allowance,
      authority: socket.speech == .tls ? gateway.authority : nil,
      serves: { name in !checksServerName || names.endpoint(of: name) == kind },
      checksHost: isOn(.sniCheck) && isOn(.hostCheck))
  }
}

/// Stands behind an endpoint that this gateway was given no responder for.
private struct NotServed: Responder {
  func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    .text(503, "This endpoint is not served here.\n", closes: true)
  }
}
