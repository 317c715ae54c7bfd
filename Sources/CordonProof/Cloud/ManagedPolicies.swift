import CordonModel
import CordonPolicy

/// Policies that AWS manages, by their ARN. Their texts change and are not in the files: what is written here is what each is
/// known to allow at least, so it can show a way open but never one closed.
enum ManagedPolicies {
  static func reading(_ arn: String, at location: Location?) -> PolicyReading {
    let name = arn.split(separator: "/").last.map(String.init) ?? arn
    guard arn.contains(":aws:policy/") else {
      return .open(
        name,
        [UnknownPart("managed policy \(arn) is not in the files: give its template", location: location)],
        at: location)
    }
    if name == "AdministratorAccess" { return place(.everything(false), name, [], location) }
    if name == "AWSDenyAll" { return place(.nothing(false), name, [], location) }
    let part = UnknownPart(
      "the text of AWS's managed policy \(name) is not in the files: write what the role needs as a policy of your own",
      location: location)
    var reading = place(.everything(false), name, [part], location)
    reading.narrowest = least(name)
    return reading
  }

  private static func place(
    _ document: PolicyDocument, _ name: String, _ parts: [UnknownPart], _ location: Location?
  ) -> PolicyReading {
    PolicyReading(
      name: name, widest: document, narrowest: document, unknowns: parts, resource: nil, location: location)
  }

  private static func least(_ name: String) -> PolicyDocument {
    guard let text = known[name], let document = try? PolicyDocument(json: text) else { return .silent }
    return document
  }

  /// AWS Managed Policy Reference Guide, the parts that concern ways out.
  private static let known: [String: String] = [
    "AmazonSageMakerFullAccess": #"""
    {"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload"],
     "Resource":["arn:aws:s3:::*SageMaker*","arn:aws:s3:::*Sagemaker*","arn:aws:s3:::*sagemaker*","arn:aws:s3:::*aws-glue*"]},
    {"Effect":"Allow","Action":["s3:CreateBucket","s3:GetBucketLocation","s3:ListBucket","s3:ListAllMyBuckets",
     "s3:GetBucketCors","s3:PutBucketCors"],"Resource":"*"},
    {"Effect":"Allow","Action":["sagemaker:CreateTrainingJob","sagemaker:CreateProcessingJob","sagemaker:CreateModel",
     "sagemaker:CreateNotebookInstance","sagemaker:CreatePresignedNotebookInstanceUrl","sagemaker:CreateEndpoint",
     "sagemaker:CreateEndpointConfig"],"Resource":"*"}]}
    """#,
    "AmazonS3FullAccess":
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]}"#,
    "PowerUserAccess":
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"}]}"#,
    "AmazonS3ReadOnlyAccess":
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"}]}"#,
  ]
}
