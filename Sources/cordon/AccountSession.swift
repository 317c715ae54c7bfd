import CordonAWS
import CordonAccount
import CordonWire
import Foundation

/// The accounts and regions that a command works in, with credentials for each.
struct AccountSession {
  let transport: AccountTransport
  let places: [LivePlace]

  /// Finds credentials and assumes the roles.
  init(regions given: [String], roles: [String], profile: String?) async throws {
    let environment = ProcessInfo.processInfo.environment
    transport = AccountTransport(authorities: environment["AWS_CA_BUNDLE"])
    do {
      let source = try AccountCredentials(profile: profile, environment: environment)
      let regions = given.isEmpty ? [source.region].compactMap(\.self) : given
      guard let first = regions.first else {
        throw Failure("no region: say --region eu-west-1, or set AWS_REGION")
      }
      for region in regions where !Self.isRegion(region) {
        throw Failure("'\(Console.printable(region))' is no region; write it as eu-west-1")
      }
      let endpoint = try source.endpoint
      let own = try await source.find(transport: transport, region: first)
      var identities: [SigV4.Credentials] = []
      for role in roles {
        let place = LivePlace(region: first, endpoint: endpoint, credentials: own)
        do {
          identities.append(try await LiveReader.assume(role, as: place, transport: transport))
        } catch {
          throw Failure(
            "the role \(Console.printable(role)) is not yours to assume: sts:AssumeRole \(error.words)")
        }
      }
      if roles.isEmpty { identities = [own] }
      places = identities.flatMap { credentials in
        regions.map { LivePlace(region: $0, endpoint: endpoint, credentials: credentials) }
      }
    } catch let missing as AccountCredentials.Missing {
      throw Failure(Console.printable("\(missing)"))
    } catch let problem as LiveProblem {
      throw Failure(Console.printable("the credentials could not be had: \(problem.words)"))
    }
  }

  /// A host is made of it, so nothing else than a region passes.
  static func isRegion(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return (3...5).contains(parts.count) && parts.last.flatMap { Int($0) } != nil
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
      && parts.allSatisfy { !$0.isEmpty }
  }
}
