/// Every route, path by path.
enum RouteList {
  static let all: [any Route] = tunnel

  static let tunnel: [any Route] = [
    InternetRoute(), NameFirewallRoute(), OtherResolverRoute(), DirectInternetRoute(), PrivateLinkRoute(),
    LatticeRoute(),
    NetworkFirewallRoute(),
  ]
}
