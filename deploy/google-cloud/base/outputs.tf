output "bucket" { value = google_storage_bucket.data.name }
output "account" { value = google_service_account.showlist.email }
output "registry" { value = local.registry }
output "repository" { value = google_artifact_registry_repository.images.name }
output "secret_ids" {
  value = { for name, secret in google_secret_manager_secret.of : name => secret.secret_id }
}
output "mail_channel" { value = google_monitoring_notification_channel.mail.id }

locals {
  registry = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"
}

# Settings of docs/settings.md, and no secret among them.
output "environment" {
  value = {
    SHOWLIST_DATA_ROOT      = "gs://${google_storage_bucket.data.name}/data"
    SHOWLIST_SECRET_MANAGER = "projects/${var.project}/secrets/showlist-"
    SHOWLIST_SECRET_NAMES   = join(",", sort(var.secrets))
  }
}

# Typed from the top of the clone, without a final line break after the value.
output "fill_secrets" {
  value = [for name in sort(var.secrets) :
    "read -rs VALUE && printf %s \"$VALUE\" | gcloud secrets versions add showlist-${name} --project ${var.project} --data-file=-"
  ]
}

output "build" {
  value = join(" ", [
    "gcloud builds submit --project ${var.project}",
    "--gcs-source-staging-dir gs://${google_storage_bucket.source.name}/source",
    "--config deploy/google-cloud/${var.way}/cloudbuild.yaml",
    "--substitutions _REGISTRY=${local.registry},_TAG=${var.image_tag} .",
  ])
}
