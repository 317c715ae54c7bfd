import CordonModel
import CordonWire

// What the egress proxy turns away beside policy. Explanations and advice are constant, but for the canonical
// host name that the client must ask for: it can be spelled in one way only and holds no markup.
extension Refusal {
  static let addressNotCanonical = Refusal(
    id: "target-not-canonical", status: 403, control: "proxy allowlist",
    explanation: "the target is not HOST:PORT in its canonical spelling, or it is an address",
    advice: "ask for a host by its lower-case name, without a final dot, user name or address",
    path: .tunnel, route: "target-spelling")

  static func hostNotListed(_ target: HostPort, isTLS: Bool) -> Refusal {
    Refusal(
      id: "host-not-listed", status: 403, control: "proxy allowlist",
      explanation: "this host and port are not listed",
      advice: "ask for \(target) to be listed under egress.hosts in cordon.yaml",
      path: .externalUpload, route: isTLS ? "https-unlisted-host" : "http-unlisted-host")
  }

  static func hostNotListedForBrowser(_ target: HostPort) -> Refusal {
    Refusal(
      id: "host-not-listed", status: 403, control: "browser allowlist",
      explanation: "this host and port are not listed for the browser",
      advice: "ask for \(target) to be listed under browser.hosts in cordon.yaml",
      path: .notebookOutput, route: "browser-unlisted-host")
  }

  static let formNotServed = Refusal(
    id: "form-not-served", status: 405, control: "HTTP rules",
    explanation: "the proxy serves CONNECT and absolute-form HTTP requests only",
    advice: "use this address as an HTTP proxy, not as a web server", path: .tunnel, route: "proxy-form")

  static let dnsOverHTTPS = Refusal(
    id: "dns-over-https", status: 403, control: "DNS allowlist",
    explanation: "names are resolved by the gateway only", advice: "switch DNS over HTTPS off", path: .tunnel,
    route: "dns-over-https")

  static let addressNotPublic = Refusal(
    id: "address-not-public", status: 403, control: "public address check",
    explanation: "the host's name leads to an address that is not public",
    advice: "pin the host's address in cordon.yaml if it is meant", path: .tunnel, route: "dns-rebinding")

  static let uploadTooLarge = Refusal(
    id: "upload-too-large", status: 413, control: "upload budget",
    explanation: "one request may not carry that many bytes out", advice: "send less in one request",
    path: .externalUpload, route: "upload-budget")

  static let unresolvable = upstream("host-unresolvable", "the host's name could not be resolved")
  static let unreachable = upstream(
    "host-unreachable", "the host could not be reached over a verified connection")
  static let badAnswer = upstream("host-answer-malformed", "the host's answer is not well-formed HTTP/1.1")

  private static func upstream(_ id: String, _ explanation: String) -> Refusal {
    Refusal(
      id: id, status: 502, control: "egress proxy", explanation: explanation,
      advice: "try again later, or tell the platform team")
  }
}
