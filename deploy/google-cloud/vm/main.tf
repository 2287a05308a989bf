# One small VM with deploy/container/compose.yaml. docs/google-cloud.md

locals {
  zone = "${var.region}-${var.zone}"
  env  = join("\n", [for name, value in merge(module.base.environment, { IMAGE_TAG = var.image_tag }) : "${name}=${value}"])
}

module "base" {
  source          = "../base"
  project         = var.project
  region          = var.region
  mail            = var.mail
  secrets         = var.secrets
  billing_account = var.billing_account
  budget          = var.budget
  image_tag       = var.image_tag
  way             = "vm"
  services        = ["compute.googleapis.com", "iap.googleapis.com", "oslogin.googleapis.com"]
  signs = {
    weekly_refresh = {
      resource = "gce_instance"
      lines    = "jsonPayload.message:\"weekly refresh ended well\""
      within   = "8d"
      missing  = "no weekly refresh ended well for eight days"
    }
    # Its sensors make it write several lines an hour.
    daemon = {
      resource = "gce_instance"
      lines    = "jsonPayload.container.name:\"showlist-daemon-1\""
      within   = "1d"
      missing  = "the daemon has written nothing for a day"
    }
  }
}

# The VM pulls images; it writes none.
resource "google_artifact_registry_repository_iam_member" "pull" {
  repository = module.base.repository
  location   = var.region
  role       = "roles/artifactregistry.reader"
  member     = "serviceAccount:${module.base.account}"
}

# Docker's log driver writes log lines; there is no narrower place to grant this than the project.
# (A job of Cloud Run needs neither: Cloud Run pulls and writes for it.)
resource "google_project_iam_member" "logs" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:${module.base.account}"
}

# A network of its own: the default one lets the whole internet reach port 22.
resource "google_compute_network" "showlist" {
  name                    = "showlist"
  auto_create_subnetworks = false
  depends_on              = [module.base]
}

resource "google_compute_subnetwork" "showlist" {
  # checkov:skip=CKV_GCP_26:One machine, which nobody reaches; what it asks for stands in its own log.
  name                     = "showlist"
  region                   = var.region
  network                  = google_compute_network.showlist.id
  ip_cidr_range            = "10.10.0.0/28"
  private_ip_google_access = true
}

# SSH through Identity-Aware Proxy, whose addresses these are; nothing else comes in.
resource "google_compute_firewall" "iap" {
  name          = "showlist-iap-ssh"
  network       = google_compute_network.showlist.id
  direction     = "INGRESS"
  source_ranges = ["35.235.240.0/20"]
  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# Made apart from the VM, so that a new VM finds Dagster's history and the ledger of calls.
resource "google_compute_disk" "volumes" {
  # checkov:skip=CKV_GCP_37:Google encrypts it with keys of its own; a key to be lost is no safer here.
  name = "showlist-volumes"
  zone = local.zone
  type = "pd-standard"
  size = 10
  lifecycle { prevent_destroy = true }
  depends_on = [module.base]
}

resource "google_compute_resource_policy" "daily" {
  name   = "showlist-daily"
  region = var.region
  snapshot_schedule_policy {
    schedule {
      daily_schedule {
        days_in_cycle = 1
        start_time    = "07:00"
      }
    }
    retention_policy {
      max_retention_days    = 14
      on_source_disk_delete = "KEEP_AUTO_SNAPSHOTS"
    }
  }
  depends_on = [module.base]
}

resource "google_compute_disk_resource_policy_attachment" "daily" {
  name = google_compute_resource_policy.daily.name
  disk = google_compute_disk.volumes.name
  zone = local.zone
}

resource "google_compute_instance" "showlist" {
  # checkov:skip=CKV_GCP_38:As for the disk of the volumes.
  # checkov:skip=CKV_GCP_40:Without an address it needs Cloud NAT, which is dearer; nothing is let in.
  name                      = "showlist"
  zone                      = local.zone
  machine_type              = var.machine_type
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      # Debian 13 has a docker-compose of version 2 among its own packages.
      image = "debian-cloud/debian-13"
      size  = 20
      type  = "pd-standard"
    }
  }
  attached_disk {
    source      = google_compute_disk.volumes.id
    device_name = "volumes"
  }
  network_interface {
    subnetwork = google_compute_subnetwork.showlist.id
    # For what the VM asks for: dearer by Cloud NAT. No rule lets anybody in by it.
    access_config {}
  }
  service_account {
    email = module.base.account
    # Roles say what it may do; scopes are the older way.
    scopes = ["cloud-platform"]
  }
  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }
  metadata = {
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    # No secret: the settings' names and the bucket's.
    showlist-env      = local.env
    showlist-registry = module.base.registry
    showlist-compose  = file("${path.module}/../../container/compose.yaml")
    showlist-override = file("${path.module}/compose.override.yaml")
    startup-script    = file("${path.module}/start")
  }
}
