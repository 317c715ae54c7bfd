import CordonModel
import CordonPolicy
import CordonProof

/// A small map with one of everything: each verdict, each layer of the picture, an assumption and a lost layer.
enum SmallMap {
  static let map = map(named: "network.yaml + roles.yaml")

  /// The same map with every text that a stranger chooses replaced.
  static func hostile(_ text: String) -> EgressMap {
    var map = map(named: text)
    let control = ClosingControl(
      resource: text, location: Location(file: text, line: 3, column: 1), layer: text)
    let witness = RouteWitness(
      request: ["resource": .string(text)], command: text, story: text, fix: text, resource: text,
      location: Location(file: text, line: 4, column: 2),
      walker: Walker(caller: text, credentials: text, door: text))
    map.paths[0].routes = [
      RouteReport(route: text, title: text, finding: .closed([control]), steps: [text]),
      RouteReport(route: text, title: text, finding: .open(witness), steps: [text]),
      RouteReport(
        route: text, title: text,
        finding: .unknown([
          UnknownPart(text, resource: text, location: Location(file: text, line: 1, column: 1))
        ])),
    ]
    map.assumptions = [Assumption(name: text, value: text, reason: text)]
    map.depthLost = [DepthLoss(route: text, text: text, resource: text, location: nil)]
    let part = SafeguardPart(
      resource: text, property: text, location: Location(file: text, line: 5, column: 1), text: text)
    map.safeguards = [
      SafeguardReport(safeguard: "a", kind: .kept, promise: "p", held: [part], lost: [part]),
      SafeguardReport(
        safeguard: "b", kind: .sealed, promise: "p", held: [part],
        unknown: [UnknownPart(text, resource: text)]),
      SafeguardReport(safeguard: "c", kind: .least, promise: "p", held: [part]),
    ]
    return map
  }

  private static func place(_ line: Int) -> Location { Location(file: "network.yaml", line: line, column: 5) }

  private static func map(named subject: String) -> EgressMap {
    var routes: [EgressPath: [RouteReport]] = [
      .browserDownload: [
        RouteReport(
          route: "portal-download", title: "a file saved through the portal",
          finding: .unknown([
            UnknownPart(
              "parameter Settings has no value: give --parameter Settings=...", resource: "Portal",
              location: place(41))
          ]))
      ],
      .tunnel: [
        RouteReport(
          route: "dns-label", title: "secret in the labels of names nobody listed",
          finding: .closed([
            ClosingControl(resource: "Firewall", location: place(30), layer: "DNS firewall"),
            ClosingControl(resource: "Vpc", location: place(2), layer: "no route"),
          ]),
          steps: ["the resolver forwards nothing", "no route leads to another resolver"])
      ],
    ]
    routes[.crossAccountCopy] = [
      RouteReport(
        route: "s3-foreign-bucket", title: "own keys, a bucket of another account",
        finding: .open(
          RouteWitness(
            request: [
              "principal": "arn:aws:iam::111122223333:role/work", "action": "s3:PutObject",
              "resource": "arn:aws:s3:::acme-data-x/k",
            ],
            command: "aws s3 cp data.csv s3://acme-data-x/k",
            story: "The role 'work', through the endpoint S3Endpoint, with its own credentials.",
            fix: "add the condition aws:ResourceOrgID to the statement 'Buckets'", resource: "S3Endpoint",
            location: place(17),
            walker: Walker(
              caller: "code in a workspace", credentials: "arn:aws:iam::111122223333:role/work",
              door: "endpoint S3Endpoint"))),
        steps: ["the endpoint policy allows arn:aws:s3:::acme-data-*", "the name acme-data-x is free"]),
      RouteReport(
        route: "s3-foreign-credentials", title: "keys of another account brought inside",
        finding: .closed([
          ClosingControl(resource: "S3Endpoint", location: place(17), layer: "endpoint policy"),
          ClosingControl(resource: "Guardrail", location: nil, layer: "service control policy"),
        ])),
    ]
    return EgressMap(
      subject: subject,
      paths: EgressPath.allCases.map { PathReport(path: $0, routes: routes[$0] ?? []) },
      assumptions: [
        Assumption(
          name: "organization", value: "o-acme123456", reason: "no file says which organisation is one's own")
      ],
      depthLost: [
        DepthLoss(
          route: "s3-foreign-credentials", text: "the bucket policy has no condition on the organisation",
          resource: "DataBucketPolicy", location: place(22))
      ],
      safeguards: [
        SafeguardReport(
          safeguard: "objects-kept", kind: .kept, promise: "an object that is overwritten can be had back",
          held: [
            SafeguardPart(
              resource: "LogBucket", property: "VersioningConfiguration.Status", location: place(51))
          ],
          lost: [
            SafeguardPart(
              resource: "DataBucket", property: "VersioningConfiguration.Status", location: place(20),
              text: "what is overwritten or deleted there is gone")
          ]),
        SafeguardReport(
          safeguard: "calls-recorded", kind: .recorded,
          promise: "a trail records every call, in every region",
          unknown: [
            UnknownPart("parameter Logging has no value: give --parameter Logging=...", location: place(3))
          ]),
        SafeguardReport(
          safeguard: "keys-rotated", kind: .sealed, promise: "every key of one's own is rotated",
          held: [SafeguardPart(resource: "Key", property: "EnableKeyRotation", location: place(60))]),
      ])
  }
}
