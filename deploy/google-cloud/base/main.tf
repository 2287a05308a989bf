# What each way of running Showlist needs: bucket, account, secrets, registry.
# The lines `checkov:skip` name rules that are left unmet on purpose (make deploy-check).

resource "google_project_service" "used" {
  for_each = setunion(var.services, [
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ], var.billing_account == "" ? [] : ["billingbudgets.googleapis.com"])
  service = each.value
  # Something else in the project may use it.
  disable_on_destroy = false
}

resource "google_storage_bucket" "data" {
  # checkov:skip=CKV_GCP_62:Who reads what is one account; logs of access would cost more than the rest.
  name     = "${var.project}-showlist"
  location = var.region
  # A bucket that is not empty is not destroyed: accounts and the history of playlists lie in it.
  force_destroy               = false
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning { enabled = true }
  soft_delete_policy { retention_duration_seconds = 604800 }

  # Tables are replaced with each run.
  lifecycle_rule {
    action { type = "Delete" }
    condition {
      num_newer_versions = 5
      with_state         = "ARCHIVED"
    }
  }
  # What was deleted, and has no newer version.
  lifecycle_rule {
    action { type = "Delete" }
    condition { days_since_noncurrent_time = 90 }
  }
  # Litestream deletes what it has merged, some files in each hour.
  lifecycle_rule {
    action { type = "Delete" }
    condition {
      matches_prefix             = ["litestream/"]
      days_since_noncurrent_time = 2
    }
  }
  depends_on = [google_project_service.used]
}

# The programs' account. It has no key: only the VM or the job runs as it.
resource "google_service_account" "showlist" {
  account_id   = "showlist"
  display_name = "Showlist"
  depends_on   = [google_project_service.used]
}

# Reads, writes, lists and deletes objects of this bucket, and of no other.
resource "google_storage_bucket_iam_member" "objects" {
  bucket = google_storage_bucket.data.name
  role   = "roles/storage.objectUser"
  member = google_service_account.showlist.member
}

# Lets `showlist doctor --production` see whether versions are kept; changes nothing.
resource "google_storage_bucket_iam_member" "protection" {
  bucket = google_storage_bucket.data.name
  role   = "roles/storage.legacyBucketReader"
  member = google_service_account.showlist.member
}

# Without versions: values are added by gcloud, and never stand in Terraform's state.
resource "google_secret_manager_secret" "of" {
  for_each  = var.secrets
  secret_id = "showlist-${each.key}"
  replication {
    user_managed {
      replicas { location = var.region }
    }
  }
  depends_on = [google_project_service.used]
}

# Each secret by itself, so that a secret of something else in the project stays unread. Then
# SHOWLIST_SECRET_NAMES has to name them (docs/operations.md#secrets).
resource "google_secret_manager_secret_iam_member" "read" {
  for_each  = google_secret_manager_secret.of
  secret_id = each.value.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.showlist.member
}

resource "google_artifact_registry_repository" "images" {
  # checkov:skip=CKV_GCP_84:The image holds no secret, and Google encrypts it with keys of its own.
  repository_id = "showlist"
  location      = var.region
  format        = "DOCKER"
  cleanup_policies {
    id     = "keep-three"
    action = "KEEP"
    most_recent_versions { keep_count = 3 }
  }
  cleanup_policies {
    id     = "delete-older"
    action = "DELETE"
    condition { older_than = "2592000s" }
  }
  depends_on = [google_project_service.used]
}

# Cloud Build's account: new projects give it none that may do this. It builds the image, and reads
# nothing of what the programs read.
resource "google_service_account" "builder" {
  account_id   = "showlist-builder"
  display_name = "Builds Showlist's image"
  depends_on   = [google_project_service.used]
}

# Pushes the image.
resource "google_artifact_registry_repository_iam_member" "push" {
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.builder.member
}

# The build's log; there is no narrower place to grant this than the project.
resource "google_project_iam_member" "build_log" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = google_service_account.builder.member
}

# Where gcloud puts the clone for a build.
resource "google_storage_bucket" "source" {
  # checkov:skip=CKV_GCP_62:What lies here is the public source, for a week.
  # checkov:skip=CKV_GCP_78:As above: nobody wants an older one back.
  name                        = "${var.project}-showlist-build"
  location                    = var.region
  force_destroy               = true
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  soft_delete_policy { retention_duration_seconds = 0 }
  lifecycle_rule {
    action { type = "Delete" }
    condition { age = 7 }
  }
  depends_on = [google_project_service.used]
}

# Reads that clone.
resource "google_storage_bucket_iam_member" "source" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.builder.member
}
